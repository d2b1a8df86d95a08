import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RowConservationError } from '../../core/errors.ts';
import { acceptedSql, type StagedText } from '../../core/validation/sql/rows.ts';
import { type DuckDb, openDuckDb } from '../../engine/duckdb.ts';
import type { Input } from '../../engine/input.ts';
import { explain, pendingRecords } from '../../engine/rejects.ts';
import { dataset } from './dataset.ts';

const of = dataset();
const lineage = { fileId: 'f1', lastModified: 0 };

let folder: string;
let db: DuckDb;
let staged: StagedText;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-rejects-'));
  db = await openDuckDb({ memoryLimitMb: 100, threads: 1, tempDirectory: folder });
  const binding = { fields: 3, columns: [0, 1, 2], extra: [] };
  const dialect = { delimiter: ',', quote: '"' };
  staged = {
    kind: 'text',
    path: join(folder, 'staged.csv'),
    summary: { binding, dialect, longest: 20, multiline: false },
  };
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true });
});

const input = (records: number): Input =>
  ({ dataset: of, staged, records, damaged: 0, unknown: [] }) as unknown as Input;

describe('explain', () => {
  it('does not take a row that the first pass refused for no reason', async () => {
    await writeFile(staged.path, '1,2,a,1.50,fine\n2,3,b,2.50,fine\n');
    await db.run('CREATE TEMP TABLE apart AS SELECT 1::BIGINT AS record');

    const explained = explain(db, input(2), staged, acceptedSql(of, staged, lineage));

    await expect(explained).rejects.toThrow(new RowConservationError('1 rows were refused and break no rule'));
  });
});

describe('pendingRecords', () => {
  it('are those that are not accepted, and throws for a record that is accepted twice', async () => {
    const accepted = join(folder, 'accepted.parquet');
    const write = (records: number[]) =>
      db.run(`COPY (SELECT unnest([${records}])::BIGINT AS meta_record) TO '${accepted}' (FORMAT parquet)`);

    await write([1, 3]);
    const { count, records } = await pendingRecords(db, input(5), accepted);
    const pending = [...records];
    await write([1, 3, 1]);
    const twice = pendingRecords(db, input(5), accepted);

    expect(count).toBe(3);
    expect(pending).toEqual([2, 4, 5]);
    await expect(twice).rejects.toThrow('record 1 is accounted for twice');
  });
});
