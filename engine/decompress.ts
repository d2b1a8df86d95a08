import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';
import { FileRejectedError } from '../core/errors.ts';
import type { Limits } from '../core/validation/limits.ts';
import { type Compression, compressionOf } from '../core/validation/recognise.ts';

/** Compressed bytes that are inflated at once. */
const PIECE = 128 * 1024;
/** Inflated bytes that wait to be worked on. */
const AHEAD = 8 * 1024 * 1024;

/**
 * The bytes of a file, inflated if its first bytes say gzip or zstd. Throws FileRejectedError for a file that grows past
 * the limits or goes on after its compressed data, and zlib's own error (code `Z_…` or `ZSTD_…`) for broken data, after
 * every byte that could be read. `found` is told how it is compressed, before the first bytes come.
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  limits: Limits,
  found: (compression: Compression | 'none') => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  let ended = false;
  let read = 0;
  let inflated = 0;
  const next = async (): Promise<Uint8Array> => {
    const { done, value } = await chunks.next();
    ended = done === true;
    return value ?? new Uint8Array();
  };
  const all = async function* () {
    for (let chunk = head; ; chunk = await next()) {
      read += chunk.length;
      if (chunk.length > 0) yield chunk;
      if (ended) return;
    }
  };
  const grow = (size: number) => {
    inflated += size;
    if (inflated > limits.file) {
      throw new FileRejectedError(`the file is larger than ${limits.file} bytes. Split it into smaller files.`);
    }
    if (inflated > limits.ratioFrom && inflated > limits.ratio * read) {
      throw new FileRejectedError(
        `the compressed file grows to more than ${limits.ratio} times its size, which no table of text does: it may be a decompression bomb.`,
      );
    }
  };
  try {
    while (head.length < 4 && !ended) head = Buffer.concat([head, await next()]);
    const compression = compressionOf(head);
    found(compression ?? 'none');
    if (compression) yield* inflate(all(), compression, grow);
    else {
      for await (const bytes of all()) {
        grow(bytes.length);
        yield bytes;
      }
    }
  } finally {
    await chunks.return?.();
  }
}

/** Inflates one part after the other: zstd files may have several frames, and Node stops after the first. */
async function* inflate(
  source: AsyncIterable<Uint8Array>,
  compression: Compression,
  grow: (size: number) => void,
): AsyncGenerator<Uint8Array> {
  let part = openPart(compression, grow);
  /** The first bytes after the end of a part: another part may begin with them. */
  let after: Uint8Array = new Uint8Array();
  try {
    for await (const piece of inPieces(source)) {
      let rest = part.ended ? Buffer.concat([after, piece]) : piece;
      while (rest.length > 0) {
        if (part.ended) {
          if (rest.length < 4 || rest.every(isPadding)) break;
          if (compressionOf(rest) !== compression) throw trailing(compression);
          yield* part.take();
          part.close();
          part = openPart(compression, grow);
        }
        // What is there is worked on while the next bytes are inflated on another thread.
        const fed = yield* whileTaking(part, part.feed(rest));
        rest = rest.subarray(fed);
      }
      after = rest.subarray(0, 4);
    }
    if (!part.ended) yield* whileTaking(part, part.finish());
    else if (!after.every(isPadding)) throw trailing(compression);
    yield* part.take();
  } catch (error) {
    yield* part.take();
    throw error;
  } finally {
    part.close();
  }
}

/** Yields what was inflated before and, if it is too much to wait, during some work of the part. */
async function* whileTaking<T>(part: Part, work: Promise<T>): AsyncGenerator<Uint8Array, T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  const settled = work.then(done, done);
  while (!isDone) {
    yield* part.take();
    await Promise.race([settled, part.full()]);
  }
  return work;
}

async function* inPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
  }
}

interface Part {
  /** The compressed data is complete. */
  readonly ended: boolean;
  /** Takes compressed bytes; gives how many of them were part of the data. */
  feed(bytes: Uint8Array): Promise<number>;
  /** No more bytes are to come: fails if some are missing. */
  finish(): Promise<void>;
  /** Resolves when it inflates no more before something is taken. */
  full(): Promise<void>;
  /** What was inflated since. */
  take(): Uint8Array[];
  close(): void;
}

function openPart(compression: Compression, grow: (size: number) => void): Part {
  const options = { chunkSize: 512 * 1024 };
  const stream: Gunzip | ZstdDecompress =
    compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options);
  const ready: Uint8Array[] = [];
  let waiting = 0;
  let onFull = () => {};
  let ended = false;
  let failure: unknown;
  stream.on('data', (bytes: Uint8Array) => {
    if (failure) return;
    try {
      grow(bytes.length);
      ready.push(bytes);
      waiting += bytes.length;
      if (waiting < AHEAD) return;
      stream.pause();
      onFull();
    } catch (error) {
      stream.destroy(error as Error);
    }
  });
  const finished = new Promise<void>((resolve) => {
    stream.once('end', () => {
      ended = true;
      resolve();
    });
    stream.once('error', (error) => {
      failure = error;
      resolve();
    });
  });
  return {
    get ended() {
      return ended;
    },
    async feed(bytes) {
      const before = stream.bytesWritten;
      const written = new Promise<void>((resolve) => stream.write(bytes, () => resolve()));
      // After an error the write is never acknowledged; after the end of the data it may be, though bytes are left.
      await Promise.race([written, finished]);
      if (stream.bytesWritten - before < bytes.length) await finished;
      if (failure) throw failure;
      return stream.bytesWritten - before;
    },
    async finish() {
      stream.end();
      await finished;
      if (failure) throw failure;
    },
    full: () =>
      new Promise((resolve) => {
        onFull = resolve;
        if (waiting >= AHEAD) resolve();
      }),
    take() {
      waiting = 0;
      stream.resume();
      return ready.splice(0);
    },
    close: () => stream.destroy(),
  };
}

/** Tapes and block devices fill files up with NUL. */
const isPadding = (byte: number): boolean => byte === 0;

const trailing = (compression: Compression): FileRejectedError =>
  new FileRejectedError(
    `after the ${compression} data the file goes on with bytes that are not ${compression}. Compress it again as a whole.`,
  );
