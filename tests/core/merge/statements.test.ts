import { describe, expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../../aws/project-files.ts';
import {
  afterPartition,
  conservationQuery,
  createSilverTable,
  maxSqlBytes,
  mergeStatement,
} from '../../../core/merge/statements.ts';
import { stagingColumns } from '../../../core/merge/tables.ts';
import { stagedColumns } from '../../../core/validation/sql/rows.ts';

const files = readSqlFiles();
const databases = { staging: 'st', silver: 'si', gold: 'go', ops: 'op' };
const { orders, online_retail: retail } = readDatasets();

describe('mergeStatement', () => {
  it('guards every update of a keyed dataset by the version', () => {
    const sql = mergeStatement(files, orders!, databases, { stageIds: ['a-1'], batchSeq: 3 });

    expect(sql).toContain('when matched and s.meta_version > t.meta_version then update set');
    expect(sql).toContain('on t.order_id = s.order_id');
    expect(sql).toContain("where stage_id in ('a-1')");
  });

  it('never updates a dataset that is identified by content', () => {
    const bounds = { from: '2010-12-01', to: '2010-12-08' };

    const sql = mergeStatement(files, retail!, databases, { stageIds: ['a-1'], batchSeq: 3, bounds });

    expect(sql).not.toContain('when matched');
    expect(sql).toContain(
      "t.invoice_date >= timestamp '2010-12-01 00:00:00' and t.invoice_date < timestamp '2010-12-09 00:00:00'",
    );
  });

  it('restricts the staged rows of a wide file to one range of partitions', () => {
    const sql = mergeStatement(files, orders!, databases, {
      stageIds: ['a-1'],
      batchSeq: 3,
      range: { from: '2025-12-30', to: '2025-12-31' },
    });

    expect(sql).toContain(">= timestamp '2025-12-30 00:00:00'");
    expect(sql).toContain("< timestamp '2026-01-01 00:00:00'");
  });

  it("stays under Athena's size limit with the most files a batch may have", () => {
    const stageIds = Array.from({ length: 500 }, (_, n) => `${'f'.repeat(32)}-${n}`);

    const sql = mergeStatement(files, orders!, databases, { stageIds, batchSeq: 3 });

    expect(Buffer.byteLength(sql)).toBeLessThan(maxSqlBytes);
  });
});

describe('columns of our own', () => {
  it.each([orders!, retail!])('in the staging table are those that validation writes: $name', (dataset) => {
    expect(stagingColumns(dataset).map(({ name }) => name)).toEqual(stagedColumns(dataset));
  });

  it('are put together from what is staged, for the MERGE as for the count', () => {
    const batch = { stageIds: ['a-1'], batchSeq: 3 };
    const version = "meta_version || '|' || meta_row_hash as meta_version";
    const row = "meta_row_hash || '-' || cast(meta_occurrence as varchar) as meta_row_id";

    expect(mergeStatement(files, orders!, databases, batch)).toContain(version);
    expect(mergeStatement(files, retail!, databases, batch)).toContain(row);
    expect(conservationQuery(files, orders!, databases, ['a-1'])).toContain(version);
    expect(conservationQuery(files, retail!, databases, ['a-1'])).toContain(row);
  });

  it('hold what a row was warned about', () => {
    const sql = mergeStatement(files, orders!, databases, { stageIds: ['a-1'], batchSeq: 3 });

    expect(sql).toContain('meta_warnings = s.meta_warnings');
  });
});

describe('afterPartition', () => {
  it.each([
    ['2024-02-28', '2024-02-29'],
    ['2025-12-31', '2026-01-01'],
    ['2025-01', '2025-02-01'],
    ['2025-12', '2026-01-01'],
    ['2025', '2026-01-01'],
    ['9999-12-31', undefined],
    ['9999', undefined],
  ])('%s ends before %s', (partition, next) => {
    expect(afterPartition(partition)).toBe(next);
  });
});

it('creates silver with the contract’s types, our own columns and the partitioning', () => {
  const sql = createSilverTable(files, orders!, databases, 'lake');

  expect(sql).toContain('unit_price decimal(12,2)');
  expect(sql).toContain('meta_batch_seq bigint');
  expect(sql).toContain('partitioned by (day(order_ts))');
  expect(sql).toContain("location 's3://lake/silver/orders/'");
});

it('counts a keyed row as there when silver has it or a newer version of it', () => {
  expect(conservationQuery(files, orders!, databases, ['a-1'])).toContain('and t.meta_version >= s.meta_version');
  expect(conservationQuery(files, retail!, databases, ['a-1'])).toContain('t.meta_row_id = s.meta_row_id');
});
