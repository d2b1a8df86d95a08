import { createGunzip } from 'node:zlib';
import { FileRejectedError } from '../core/errors.ts';
import type { Limits } from '../core/validation/limits.ts';
import { isGzip } from '../core/validation/recognise.ts';

/** Compressed bytes that are inflated at once: at gzip's best ratio, about 1,030, this stays at 64 MB. */
const PIECE = 64 * 1024;

/**
 * The bytes of a file, inflated if they are gzip by their first two bytes. Throws FileRejectedError for a file that
 * grows past the limits, and zlib's own error (code `Z_…`) for broken gzip after every byte that could be read.
 */
export async function* decompress(source: AsyncIterable<Uint8Array>, limits: Limits): AsyncGenerator<Uint8Array> {
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
  try {
    while (head.length < 2 && !ended) head = Buffer.concat([head, await next()]);
    for await (const bytes of isGzip(head) ? gunzip(all()) : all()) {
      inflated += bytes.length;
      if (inflated > limits.file) {
        throw new FileRejectedError(`the file is larger than ${limits.file} bytes. Split it into smaller files.`);
      }
      if (inflated > limits.ratioFrom && inflated > limits.ratio * read) {
        throw new FileRejectedError(
          `the gzip file grows to more than ${limits.ratio} times its size, which no table of text does: it may be a decompression bomb.`,
        );
      }
      yield bytes;
    }
  } finally {
    await chunks.return?.();
  }
}

async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const inflate = createGunzip({ chunkSize: 256 * 1024 });
  const ready: Uint8Array[] = [];
  let failure: Error | undefined;
  inflate.on('data', (bytes: Uint8Array) => ready.push(bytes));
  const finished = new Promise<void>((resolve) => {
    inflate.once('end', resolve);
    inflate.once('error', (error) => {
      failure = error;
      resolve();
    });
  });
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length && !failure; at += PIECE) {
        const written = new Promise<void>((resolve) => {
          inflate.write(chunk.subarray(at, at + PIECE), () => resolve());
        });
        // After an error, or past the end of the gzip data, the write is never acknowledged.
        await Promise.race([written, finished]);
        yield* ready.splice(0);
      }
      if (failure) break;
    }
    if (!failure) inflate.end();
    await finished;
    yield* ready.splice(0);
    if (failure) throw failure;
  } finally {
    inflate.destroy();
  }
}
