import { describe, expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../../aws/project-files.ts';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { silverColumns } from '../../../core/merge/tables.ts';
import {
  changesQuery,
  columnsQuery,
  type RollbackText,
  rollbackStatement,
  snapshotsQuery,
} from '../../../core/operation/rollback-statements.ts';
import { things } from './duck-lake.ts';

const files = readSqlFiles();
const databases = { staging: 'st', silver: 'si', gold: 'go', ops: 'op' };
const text = (dataset: Dataset, change: Partial<RollbackText> = {}): RollbackText => {
  const columns = silverColumns(dataset).map(({ name }) => name);
  return { files, dataset, databases, snapshot: '1234567890123456789', oldColumns: columns, columns, ...change };
};
const flat = (sql: string) => sql.replaceAll(/\s+/g, ' ');

describe('the statements of a rollback', () => {
  it.each([
    ['its key', things(['id']), 'on t.id = s.id when'],
    [
      'its key and content, of which every version is kept',
      { ...things(['id']), history: 'scd2' as const },
      'on t.id = s.id and t.meta_row_hash = s.meta_row_hash when',
    ],
    ['its content and occurrence', things([]), 'on t.meta_row_id = s.meta_row_id when'],
  ])('tell a row by %s', (_, dataset, match) => {
    expect(flat(rollbackStatement(text(dataset), 9, undefined))).toContain(match);
  });

  it('write the number of the commit to what they change, and take that of a row for no difference', () => {
    const sql = flat(rollbackStatement(text(things(['id'])), 9, undefined));

    expect(sql).toContain('meta_batch_seq = 9');
    expect(sql).not.toContain('meta_batch_seq is distinct');
    expect(sql).toContain('from si.things for version as of 1234567890123456789');
  });

  it('empty a column that the snapshot does not have, and do not ask the snapshot for it', () => {
    const dataset = things(['id']);
    const columns = silverColumns(dataset).map(({ name }) => name);

    const sql = flat(rollbackStatement(text(dataset, { columns: [...columns, 'note'] }), 9, undefined));

    expect(sql).toContain('note = null');
    expect(sql).toContain('n.note is not null');
    expect(sql).not.toMatch(/[os]\.note/);
  });

  it('write to one range of partitions, and delete in each', () => {
    const sql = flat(rollbackStatement(text(things(['id'])), 9, { from: '2026-03-01', to: '2026-03-02' }));

    expect(sql).toContain("where meta_gone or day is null or (day >= date '2026-03-01' and day < date '2026-03-03')");
  });

  it('refuse a snapshot without the columns by which rows are told apart, and an id that is none', () => {
    const dataset = things(['id']);

    expect(() => changesQuery(text(dataset, { oldColumns: ['amount', 'day'] }))).toThrow(/has no column id, by which/);
    expect(() => columnsQuery(text(dataset), '1; drop table x')).toThrow(/not a snapshot id/);
  });

  it('can be made for every dataset', () => {
    for (const dataset of Object.values(readDatasets())) {
      const range = dataset.partition && { from: '2026-01-01', to: '2026-01-02' };
      expect(rollbackStatement(text(dataset), 1, range)).toMatch(/^merge into si\./);
      expect(changesQuery(text(dataset))).toContain('grouping sets');
      expect(snapshotsQuery(text(dataset))).toContain(`si."${dataset.name}$snapshots"`);
    }
  });
});
