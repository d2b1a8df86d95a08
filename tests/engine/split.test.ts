import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FileFormat } from '../../core/contract/dataset.ts';
import { FileRejectedError } from '../../core/errors.ts';
import { LIMITS } from '../../core/validation/limits.ts';
import { readCsv } from '../../core/validation/sql/text.ts';
import { rawReader, stagedRows } from '../../engine/raw-records.ts';
import { type SplitText, splitFile } from '../../engine/split.ts';
import { texts } from '../core/validation/splitting.ts';
import { failure, query } from './validation.ts';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Splits a file and looks at what it left. */
async function split<T>(
  content: string | Uint8Array,
  file: FileFormat,
  look: (result: Awaited<ReturnType<typeof splitFile>>) => T | Promise<T>,
  { chunk = 65_536, limits = LIMITS } = {},
): Promise<T> {
  const workDir = await mkdtemp(join(tmpdir(), 'tributary-split-'));
  try {
    return await look(
      await splitFile(inChunks(Buffer.from(content as string), chunk), texts({ file }), workDir, limits),
    );
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** The staged rows as DuckDB reads them. */
async function rowsOf(result: Awaited<ReturnType<typeof splitFile>>): Promise<unknown[][]> {
  const { stagedPath, summary } = result as SplitText;
  const names = Array.from({ length: summary.binding?.fields ?? 5 }, (_, index) => `c${index}`);
  const columns = ['_record', '_line', ...names].map((name): [string, string] => [name, 'VARCHAR']);
  const rows = await query(
    `SELECT * FROM ${readCsv(stagedPath, columns, summary.longest, summary.multiline, summary.dialect)}`,
  );
  return rows.map((row) => Object.values(row));
}

const encode = (text: string, encoding: string): Buffer =>
  encoding === 'utf-16be' ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text, encoding as BufferEncoding);

describe('splitFile', () => {
  it('stages fields in every dialect so that DuckDB reads them as they are', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('x', '1', ' ', ',', ';', '|', '"', "'", '\r', 'é', '😀', '\x1f', '\t', '#', '\\', '\0x'),
      maxLength: 5,
    });
    const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 30 });
    const delimiter = fc.constantFrom(',', ';', '\t', '|', ' ', ':', '\x01', '^', '~', '\\', '#');
    const quote = fc.constantFrom('"', "'", '`', null);
    await fc.assert(
      fc.asyncProperty(rows, delimiter, quote, fc.constantFrom('\n', '\r\n', '\r'), async (table, by, around, end) => {
        const isPlain = (text: string) => !text.includes(by) && !/[\r\n]/.test(text) && text[0] !== around;
        const cells = table.map((row) =>
          row.map((text) => {
            const sound = text.replaceAll('\0', '');
            return around === null ? sound.replaceAll(by, '').replaceAll('\r', '') : sound;
          }),
        );
        const lines = cells.map((row) =>
          row
            .map((text) =>
              around === null || isPlain(text) ? text : around + text.replaceAll(around, around + around) + around,
            )
            .join(by),
        );
        const text = [['a', 'b', 'c'].join(by), ...lines].join(end) + end;

        const read = await split(text, { delimiter: by, quote: around }, rowsOf);

        expect(read.map((row) => row.slice(2))).toEqual(cells);
      }),
      { numRuns: 150 },
    );
  });

  it.each(['utf8', 'utf16le', 'utf-16be', 'latin1'])(
    'reads a file in %s, plain and compressed, in chunks of any size',
    async (encoding) => {
      const csv = 'a;b;c\n1;"é;\n";\xfc\n2;x;y;z\n';
      const bytes = encode(encoding.startsWith('utf') ? `\ufeff${csv}` : csv, encoding);
      const file: FileFormat = encoding === 'latin1' ? { encoding: 'iso-8859-1' } : {};
      for (const content of [bytes, gzipSync(bytes), zstdCompressSync(bytes)]) {
        for (const chunk of [1, 7, 65_536]) {
          await split(
            content,
            file,
            async (result) => {
              const { summary, offsetsPath, sourcePath } = result as SplitText;
              const reader = rawReader(sourcePath, offsetsPath, 'csv');
              const raw = [reader.text(1), reader.text(2)];
              reader.close();

              expect(await rowsOf(result)).toEqual([['1', '2', '1', 'é;\n', 'ü']]);
              expect(raw).toEqual(['1;"é;\n";ü', '2;x;y;z']);
              expect([summary.records, summary.damaged, summary.lines]).toEqual([2, 1, 4]);
              expect(result.bytes).toBe(bytes.length);
            },
            { chunk },
          );
        }
      }
    },
  );

  it.each([
    ['csv', 'a,b,c\n1,"x\n",\nbad\n\n2,"y"z\n3,é,"q"\n', [1, 4]],
    ['jsonl', '{"a":"1, 2"}\nbad\n \n{"a":"\\n"}\n', [1, 3]],
    ['json', '[\n{"a":"1, 2"},\n{"a":x},\n\n{"a":"\\n"}\n]\n', [1, 3]],
  ])('tells where each %s record and its staged row begin', async (format, text, sound) => {
    await split(text, {}, async (result) => {
      const { stagedPath, offsetsPath, sourcePath, summary } = result as SplitText;
      const rows = stagedRows(stagedPath, offsetsPath);
      const raw = rawReader(sourcePath, offsetsPath, result.format as 'csv');

      expect(result.format).toBe(format);
      const found = sound.map((record) => rows.row(record).toString());
      expect(found.join('')).toBe(await readFile(stagedPath, 'utf8'));
      expect(found.map((row) => Number(row.split(',')[0]))).toEqual(sound);
      expect(() => rows.row(2)).toThrow('record 2 is damaged');
      const texts = Array.from({ length: summary.records }, (_, index) => raw.text(index + 1));
      expect(texts).toEqual(
        format === 'csv'
          ? ['1,"x\n",', 'bad', '2,"y"z', '3,é,"q"']
          : ['{"a":"1, 2"}', format === 'json' ? '{"a":x}' : 'bad', '{"a":"\\n"}'],
      );
      rows.close();
      raw.close();
    });
  });

  it('damages only the rows that hold what can not be decoded', async () => {
    const broken = Buffer.concat([encode('\ufeffa,b,c\n1,\ud83d,x\n2,😀,y\n3,x,', 'utf-16be'), Buffer.of(0)]);
    await split(broken, {}, async (result) => {
      const { summary, damagedPath } = result as SplitText;

      expect(await rowsOf(result)).toEqual([['2', '3', '2', '😀', 'y']]);
      expect(summary).toMatchObject({ records: 3, damaged: 2 });
      expect(await readFile(damagedPath, 'utf8')).toBe(
        '1,2,invalid_utf8,,the row holds bytes that are not UTF-16BE\n3,4,invalid_utf8,,the row holds bytes that are not UTF-16BE\n',
      );
    });
  });

  it('tells compression, encoding and delimiter of what it read', async () => {
    const csv = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a;b;c\n1;2;3\n', 'utf16le')]);
    const seen = (result: Awaited<ReturnType<typeof splitFile>>) => {
      const { format, compression, encoding, delimiter } = result as SplitText;
      return [format, compression, encoding, delimiter];
    };

    const found = [
      await split(gzipSync(csv), {}, seen),
      await split('{"a":"1"}\n', { encoding: 'windows-1252' }, seen),
    ];

    expect(found).toEqual([
      ['csv', 'gzip', 'utf-16le', ';'],
      ['jsonl', 'none', 'windows-1252', undefined],
    ]);
  });

  it('refuses a file whose rows or reasons take much more room than the file may', async () => {
    const limits = { ...LIMITS, file: 1_000_000 };
    for (const rows of ['x\n', ',,\n']) {
      const content = `a,b,c\n${rows.repeat(150_000)}`;

      await expect(split(content, {}, () => undefined, { limits })).rejects.toThrow(
        /more than 2000000 bytes of work space, by line \d+/,
      );
    }
  });

  it('brings a Parquet file to disk as it is', async () => {
    const parquet = Buffer.concat([Buffer.from('PAR1\x15\x04'), Buffer.alloc(9000, 0xfe)]);

    for (const [compression, content] of [
      ['none', parquet],
      ['zstd', zstdCompressSync(parquet)],
    ] as const) {
      await split(
        content,
        { encoding: 'utf-16le' },
        async (result) => {
          expect(result).toEqual({
            format: 'parquet',
            compression,
            bytes: parquet.length,
            sourcePath: result.sourcePath,
          });
          expect((await readFile(result.sourcePath)).equals(parquet)).toBe(true);
        },
        { chunk: 100 },
      );
    }
  });

  it.each([
    ['an empty file', '', 'the file is empty (0 bytes)'],
    ['one object over several lines', '{\n "a": 1\n}\n', 'one JSON object over several lines'],
    ['an array that is cut off', '[{"a":1},{"a":', 'breaks off after 1 records'],
    ['UTF-16 that is not stated', Buffer.from('a,b,c\n1,2,3\n', 'utf16le'), 'encoding: utf-16le'],
    ['a header in Latin-1', Buffer.from('a,\xfc\n1,2\n', 'latin1'), 'encoding: windows-1252'],
    ['a file that is too large as UTF-8', Buffer.from(`\ufeffa\n${'€€€\n'.repeat(120_000)}`, 'utf16le'), 'as UTF-8'],
    [
      'zstd that is cut off',
      zstdCompressSync(`a,b,c\n${'1,2,3\n'.repeat(1e4)}`).subarray(0, -5),
      'breaks off after about',
    ],
  ])('refuses %s', async (_, content, message) => {
    const error = await failure(split(content, {}, () => undefined, { limits: { ...LIMITS, file: 1_000_000 } }));

    expect(error).toBeInstanceOf(FileRejectedError);
    expect(error.message).toMatch(message);
  });
});
