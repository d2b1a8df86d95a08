import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../core/validation/limits.ts';
import { decompress } from '../../engine/decompress.ts';
import { failure } from './validation.ts';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function inflated(bytes: Uint8Array, size = 1000, limits = LIMITS): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of decompress(inChunks(bytes, size), limits)) parts.push(part);
  return Buffer.concat(parts);
}

/** Some 400 KB that compress to about half. */
const text = Buffer.from(Array.from({ length: 20_000 }, (_, index) => Math.sin(index)).join('\n'));
const other = Buffer.from('and another part\n');
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const pack = { gzip: gzipSync, zstd: zstdCompressSync };

describe('decompress', () => {
  it('passes what is not compressed as it is', async () => {
    expect((await inflated(text)).equals(text)).toBe(true);
    expect((await inflated(Buffer.from('a'))).toString()).toBe('a');
    expect((await inflated(Buffer.alloc(0))).length).toBe(0);
  });

  it.each(['gzip', 'zstd'] as const)('reads every part of %s, wherever chunks end', async (kind) => {
    const first = pack[kind](text);
    const all = Buffer.concat([first, pack[kind](other), pack[kind](''), pack[kind](text), Buffer.alloc(5000)]);

    for (const size of [first.length - 1, first.length, first.length + 2, 777, 1 << 20]) {
      const read = await inflated(all, size);

      expect([size, read.equals(Buffer.concat([text, other, text]))]).toEqual([size, true]);
    }
    expect((await inflated(Buffer.concat([pack[kind](other), pack[kind](other)]), 1)).toString()).toBe(
      `${other}${other}`,
    );
  });

  it('skips the frames of zstd that hold no data', async () => {
    const read = await inflated(
      Buffer.concat([skippable, zstdCompressSync(text), skippable, zstdCompressSync(other)]),
      7,
    );

    expect(read.equals(Buffer.concat([text, other]))).toBe(true);
  });

  it.each(['gzip', 'zstd'] as const)(
    'fails on %s that breaks off, after every byte that could be read',
    async (kind) => {
      const whole = pack[kind](text);
      const parts: Uint8Array[] = [];

      const reading = (async () => {
        for await (const part of decompress(inChunks(whole.subarray(0, -20), 999), LIMITS)) parts.push(part);
      })();

      await expect(reading).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
      const read = Buffer.concat(parts);
      expect(read.equals(text.subarray(0, read.length))).toBe(true);
      expect(read.length).toBeGreaterThan(200_000);
    },
  );

  it('fails on damaged data', async () => {
    const zipped = gzipSync(text);
    zipped[1000]! ^= 0xff;
    const frame = Buffer.from(zstdCompressSync(text));
    frame.fill(0xff, 4, 12);

    await expect(inflated(zipped)).rejects.toMatchObject({ code: expect.stringMatching(/^Z_/) });
    await expect(inflated(frame)).rejects.toMatchObject({ code: expect.stringMatching(/^(Z|ZSTD)_/) });
  });

  it.each([
    ['gzip', 1],
    ['gzip', 5000],
    ['zstd', 1],
    ['zstd', 5000],
  ] as const)('refuses %s that goes on with something else (chunks of %d)', async (kind, size) => {
    const small = pack[kind](other);

    for (const rest of [
      Buffer.from('id,amount\n1,2\n'),
      Buffer.of(0, 0, 0, 0, 0, 1),
      Buffer.of(7),
      deflateRawSync(text),
    ]) {
      const reading = inflated(Buffer.concat([small, rest]), size);

      await expect(reading).rejects.toThrow(
        /goes on with bytes that are not|header check|end of file|frame descriptor/,
      );
    }
  });

  it.each(['gzip', 'zstd'] as const)(
    'refuses %s that grows past the limits, before it is all in memory',
    async (kind) => {
      const bomb = pack[kind](Buffer.alloc(50_000_000, 'id,amount\n'));

      const { message: ratio } = await failure(inflated(bomb, 1 << 20, { ...LIMITS, ratio: 20, ratioFrom: 1e5 }));
      const { message: size } = await failure(inflated(bomb, 1 << 20, { ...LIMITS, file: 1e6, ratioFrom: 1e9 }));

      expect(ratio).toMatch('more than 20 times its size');
      expect(size).toMatch('larger than 1000000 bytes');
    },
  );

  it('closes its source when the reader stops early', async () => {
    let isClosed = false;
    const source = (async function* () {
      try {
        for (;;) yield gzipSync(text);
      } finally {
        isClosed = true;
      }
    })();

    for await (const _ of decompress(source, LIMITS)) break;

    expect(isClosed).toBe(true);
  });
});
