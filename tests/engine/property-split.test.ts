import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FileRejectedError } from '../../core/errors.ts';
import { damaged, damages } from './damage.ts';
import { expectedOfJsonLines, objectsWithin } from './json-oracle.ts';
import { type Expected, expectedOfCsv, outcomesOf, utf8BytesOf } from './oracle.ts';
import { compress, type Written, written } from './random-tables.ts';
import { seeded } from './seed.ts';
import { type Split, split, splitInMemory, workFolder } from './splitting.ts';

seeded('splitting of random tables');

const work = workFolder();
afterAll(() => work.remove());

/** The bytes in chunks of a size. */
function* inChunks(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const RUNS = { sound: 7000, damaged: 12_500, files: 300 };
const chunkSize = fc.integer({ min: 1, max: 60 });

async function orRefused<T>(action: () => T | Promise<T>): Promise<T | FileRejectedError> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof FileRejectedError) return error;
    throw error;
  }
}

/** What became of a file, read in small blocks; and that it is the same at once, so that no cut can matter. */
async function outcome(plain: Buffer, { dataset }: Written, chunk: number): Promise<Split | FileRejectedError> {
  const inBlocks = await orRefused(() => splitInMemory([...inChunks(plain, chunk)], dataset, 1 + (chunk % 7)));
  const atOnce = await orRefused(() => splitInMemory([plain], dataset, 4096));
  expect(gist(inBlocks)).toEqual(gist(atOnce));
  return inBlocks;
}

const gist = (found: Split | FileRejectedError) =>
  found instanceof FileRejectedError ? found.message : { sound: found.sound, damaged: found.damaged };

/** The cells of a table as they are staged: as in the file (CSV), or by the contract with what it does not know (JSON). */
function stagedCells({ table, writing, dataset }: Written): string[][] {
  const texts = table.rows.map((row) => row.map((cell) => cell ?? ''));
  if (writing.format === 'csv') {
    const by = writing.header ? writing.turn % texts[0]!.length : 0;
    return texts.map((row) => [...row.slice(by), ...row.slice(0, by)]);
  }
  const known = dataset.columns.length;
  return texts.map((row) => {
    const unknown = row[known] ?? '';
    const rescued = unknown === '' ? '' : `{${JSON.stringify(table.unknown)}:${JSON.stringify(unknown)}}`;
    return [...row.slice(0, known), rescued, ''];
  });
}

/** Judges what became of a damaged file by a second reading of its bytes. */
function judge(plain: Buffer, of: Written, found: Split | FileRejectedError): void {
  const { dataset, writing, headerBytes } = of;
  const bytes = utf8BytesOf(plain, dataset.file.encoding);
  const keepsHeader = headerBytes > 1 && plain.indexOf(of.plain.subarray(0, headerBytes)) === 0;
  const csvReadings = (delimiter: string) => {
    const { quote = '"' } = dataset.file;
    const fieldsWithoutHeader = writing.header ? undefined : dataset.columns.length;
    const ends = keepsHeader && writing.lineEnd !== '\r' ? (['lf'] as const) : (['lf', 'any'] as const);
    return ends.map((lineEnd) => expectedOfCsv(bytes, { delimiter, quote, lineEnd }, fieldsWithoutHeader));
  };
  if (found instanceof FileRejectedError) {
    expect(found.message.length).toBeGreaterThan(20);
    if (!keepsHeader || /looks like utf-16/.test(found.message)) return;
    // The header is as it was, so that only a file without rows may be refused.
    expect(csvReadings(writing.delimiter).map((records) => records.length)).toContain(0);
    return;
  }
  const { summary, sound, damaged, format } = found;
  const total = sound.length + damaged.length;
  expect([summary.records, summary.sound, summary.damaged]).toEqual([total, sound.length, damaged.length]);
  if (keepsHeader) expect([format, summary.dialect.delimiter]).toEqual(['csv', writing.delimiter]);
  if (format === 'csv') {
    agrees(outcomesOf(found), csvReadings(summary.dialect.delimiter));
    return;
  }
  const outcomes = outcomesOf(found).map((each) => onlyColumns(each, dataset.columns.length));
  if (format === 'jsonl') {
    agrees(
      outcomes,
      (['lf', 'any'] as const).map((lineEnd) => expectedOfJsonLines(bytes, dataset, lineEnd)),
    );
    return;
  }
  expect(outcomes.map(({ record }) => record)).toEqual(outcomes.map((_, index) => index + 1));
  const objects = objectsWithin(bytes, dataset);
  for (const { fields } of outcomes) {
    if (fields && !objects.some((object) => sameFields(fields, object))) expect(objects).toContainEqual(fields);
  }
}

/** JSON rows are staged with what the contract does not know and with their faults; a row with faults is rejected. */
function onlyColumns({ fields, ...rest }: Expected, columns: number): Expected {
  if (!fields) return rest;
  return fields.at(-1) === '' ? { ...rest, fields: fields.slice(0, columns) } : { ...rest, fields: [] };
}

/** Undefined is a value that has no plain text, and no fields at all are those of a row that is rejected for its faults. */
const sameFields = (found: string[], expected: (string | undefined)[]): boolean =>
  found.length === 0 ||
  (found.length === expected.length && expected.every((field, at) => field === undefined || field === found[at]));

const isAsExpected = (found: Expected, { record, line, fields, damage }: Expected): boolean =>
  found.record === record &&
  found.line === line &&
  (fields ? found.fields !== undefined && sameFields(found.fields, fields) : damage!.includes(found.damage?.[0] ?? ''));

function agrees(found: Expected[], readings: Expected[][]): void {
  const isOne = readings.some(
    (expected) => expected.length === found.length && expected.every((each, at) => isAsExpected(found[at]!, each)),
  );
  if (!isOne) expect(found).toEqual(readings[0]);
}

describe('splitting a random table', () => {
  it('gives every cell back, however it is written', async () => {
    await fc.assert(
      fc.asyncProperty(written, chunkSize, async (of, chunk) => {
        const found = (await outcome(of.plain, of, chunk)) as Split;

        expect(found).toMatchObject({ format: of.writing.format, damaged: [] });
        expect(found.sound.map(({ fields }) => fields)).toEqual(stagedCells(of));
        expect(found.sound.map(({ record }) => record)).toEqual(of.table.rows.map((_, index) => index + 1));
      }),
      { numRuns: RUNS.sound },
    );
  });

  it('agrees with a second reading of the bytes where they were damaged, and never crashes', async () => {
    await fc.assert(
      fc.asyncProperty(written, damages, chunkSize, async (of, damage, chunk) => {
        const plain = damaged(of.plain, damage, of.headerBytes);

        const found = await outcome(plain, of, chunk);

        judge(plain, of, found);
      }),
      { numRuns: RUNS.damaged },
    );
  });
});

describe('splitting a file that may be compressed', () => {
  const inFile = (bytes: Buffer, { dataset }: Written, chunk: number) =>
    orRefused(() => split(inChunks(bytes, chunk), dataset, work.path));

  it('comes to what splitting in memory comes to', async () => {
    await fc.assert(
      fc.asyncProperty(written, damages, chunkSize, async (of, damage, chunk) => {
        const plain = damaged(of.plain, damage, of.headerBytes);

        const found = await inFile(compress(plain, of.writing), of, chunk);

        const inMemory = await orRefused(() => splitInMemory([plain], of.dataset, 4096));
        if (plain.length > 0) expect(gist(found)).toEqual(gist(inMemory));
      }),
      { numRuns: RUNS.files },
    );
  });

  it('refuses compressed bytes that are damaged, or finds in them what another reader finds', async () => {
    const compressed = written.filter(({ writing }) => writing.compression !== 'none');
    await fc.assert(
      fc.asyncProperty(compressed, damages, chunkSize, async (of, damage, chunk) => {
        const bytes = damaged(compress(of.plain, of.writing), damage, 0);
        const plain = decompressed(bytes);

        const found = await inFile(bytes, of, chunk);

        // One that is refused is not read in part, whatever another reader makes of it.
        if (!(found instanceof FileRejectedError)) judge(plain!, of, found);
      }),
      { numRuns: RUNS.files },
    );
  });
});

function decompressed(bytes: Buffer): Buffer | undefined {
  const magic = bytes.toString('latin1', 0, 4);
  try {
    if (magic.startsWith('\x1f\x8b')) return gunzipSync(bytes);
    return magic === '\x28\xb5\x2f\xfd' ? zstdDecompressSync(bytes) : bytes;
  } catch {
    return undefined;
  }
}
