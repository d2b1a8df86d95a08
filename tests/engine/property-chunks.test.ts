import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { FileFormat } from '../../core/contract/dataset.ts';
import { FileRejectedError } from '../../core/errors.ts';
import { LIMITS } from '../../core/validation/limits.ts';
import { decompress } from '../../engine/decompress.ts';
import { split, splitInMemory, workFolder } from './splitting.ts';
import { column, dataset } from './validation.ts';

const work = workFolder();
afterAll(() => work.remove());

/** Small files with a trap at every byte, and how the contract says that they are written. */
const FILES: [text: string | Buffer, file?: FileFormat][] = [
  ['id,n\r\n"a\r\n""b",1\r\n\r\nc,2,3\r\nd,"4'],
  ['\ufeffid,n\n"é😀",1\n"x"y,2\n\r\nz,3\r'],
  ['id;n\r"a;b\r";1\r\r\nc;2\n"d\n";3'],
  ['n\tid\r\n1\t"\t"\r\n2\r\n3\ta"b\r\n'],
  ['id|n\n\xff|1\n\0|2\n"|"|3\n"é|4'],
  ["'id','n'\n'it''s','1'\n'a\nb','2'", { quote: "'" }],
  ['id,n\n"a,1\r\nb","2"\n', { quote: null }],
  ['a,1\r\n"b\n",2\r\n,\r\n"', { header: false }],
  [Buffer.from('id,n\n\xe9\x80,1\n\x81,2', 'latin1'), { encoding: 'windows-1252' }],
  [Buffer.from('\ufeffid,n\na😀,1\n\ud83d,2', 'utf16le')],
  [Buffer.from('id,n\n日,1\n"', 'utf16le').swap16(), { encoding: 'utf-16be' }],
  ['{"id":"a"}\r\n{"id":"é\\u00e9"}\n\n{"n":1,}\n[1]'],
  ['\ufeff{"id":"a","n":1.0}\r{"id":"\\\\"}\r\r{'],
  [' {"x":{"n":[1,"}"]},"id":"q"} \n{"id":"\xff"}x'],
  ['[{"id":"a]"},{"id":"\\""} , 5\n,{"id":1},]'],
  [' [\r\n{"id":"é"}\r\n,{"n":[{}]},"x",{"id":'],
  ['[[{"id":1}],{"id":2}}{"id":3}]'],
  ['[]'],
  ['id,n\n'],
  ['"id,n\n1,2\n'],
];

const of = (file: FileFormat = {}) =>
  dataset({
    columns: [column('id', { kind: 'string' }), column('n', { kind: 'int' })],
    key: [],
    history: 'append',
    file,
  });

/** All ways to cut bytes into three parts, some of them empty. */
function* threeParts(bytes: Buffer): Generator<Buffer[]> {
  for (let one = 0; one <= bytes.length; one++) {
    for (let two = one; two <= bytes.length; two++) {
      yield [bytes.subarray(0, one), bytes.subarray(one, two), bytes.subarray(two)];
    }
  }
}

function outcome(chunks: Buffer[], file: FileFormat, block: number): unknown {
  try {
    const { format, summary, sound, damaged } = splitInMemory(chunks, of(file), block);
    return { format, summary, sound, damaged };
  } catch (error) {
    if (error instanceof FileRejectedError) return error.message;
    throw error;
  }
}

describe('cut anywhere, twice,', () => {
  it.each(FILES.map(([content, file = {}]) => [content, file] as const))(
    'the file %j %j has one outcome',
    (content, file) => {
      const bytes = Buffer.from(content as string);
      const atOnce = outcome([bytes], file, 4096);

      let cuts = 0;
      for (const chunks of threeParts(bytes)) {
        // Blocks of one byte: nothing is gathered before the splitter works on it.
        const found = outcome(chunks, file, 1);
        cuts++;
        if (JSON.stringify(found) !== JSON.stringify(atOnce))
          expect({ chunks: chunks.map(String), found }).toEqual(atOnce);
      }

      expect(cuts).toBe(((bytes.length + 1) * (bytes.length + 2)) / 2);
      const singly = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
      expect(outcome(singly, file, 1)).toEqual(atOnce);
    },
  );

  it.each([
    ['plain', Buffer.from('id,n\na,1\n')],
    ['gzip', gzipSync('id,n\na,1\n')],
    ['gzip in two members', Buffer.concat([gzipSync('id,n\n'), gzipSync('a,1\n')])],
    ['zstd', zstdCompressSync('id,n\na,1\n')],
    ['zstd in two frames', Buffer.concat([zstdCompressSync('id,n\n'), zstdCompressSync('a,1\n')])],
  ])('a file that is %s inflates to the same', async (_, bytes) => {
    const inflated = async (chunks: Buffer[]) => {
      const parts: Uint8Array[] = [];
      try {
        for await (const part of decompress(streamOf(chunks), LIMITS)) parts.push(Uint8Array.from(part));
      } catch (error) {
        parts.push(Buffer.from((error as Error).message));
      }
      return Buffer.concat(parts).toString();
    };
    const atOnce = await inflated([bytes]);

    const different: Buffer[][] = [];
    for (const chunks of threeParts(bytes)) if ((await inflated(chunks)) !== atOnce) different.push(chunks);

    expect(atOnce).toBe('id,n\na,1\n');
    expect(different.map((chunks) => chunks.map(({ length }) => length))).toEqual([]);
  });

  it('a file of several blocks is split the same', async () => {
    const rows = Array.from({ length: 700 }, (_, index) => `"é\r\n${index}",${index}\r\n`);
    const bytes = Buffer.from(`id,n\r\n${rows.join('')}`);
    const atOnce = await split([bytes], of(), work.path);

    for (const size of [1, 4095, 4096, 4097]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      expect(await split(chunks, of(), work.path)).toEqual(atOnce);
    }

    expect(atOnce.sound).toHaveLength(700);
  });
});

async function* streamOf(chunks: Buffer[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
