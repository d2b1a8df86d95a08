import { describe, expect, it } from '@jest/globals';
import type { Column, Dataset } from '../../../core/contract/dataset.ts';
import { FileRejectedError } from '../../../core/errors.ts';
import type { BatchItem, FileItem } from '../../../core/ledger/items.ts';
import { doneRecord, refusedRecord } from '../../../core/quality/make-record.ts';
import { recordKey } from '../../../core/quality/record.ts';
import type { Profile } from '../../../core/validation/result.ts';
import { orders } from '../pipeline/world.ts';

const text: Omit<Column, 'name'> = { aliases: [], type: { kind: 'string' }, required: false, pii: false };
const dataset: Dataset = {
  ...orders,
  columns: [
    ...orders.columns,
    { ...text, name: 'status', enum: ['paid', 'sent'] },
    { ...text, name: 'email', pii: true, format: 'email', warnings: ['format'], unique: true },
  ],
  rowRules: [
    { name: 'in_order', expression: 'true', columns: ['status'], severity: 'error', message: 'it must be in order' },
  ],
  gates: [
    { name: 'enough', metric: 'row_count', columns: [], unit: 'rows', must: { beGreaterThan: 1 }, severity: 'error' },
  ],
};
const counts = { in: 10, accepted: 6, rejected: 2, duplicate: 1, superseded: 1 };
const profile: Profile = {
  ...{ dataset: 'orders', contract_version: '1.0.0', file_id: 'file1', stage_id: 'file1-2', format: 'csv' },
  ...{ compression: 'gzip', counts, rejected_percent: 20, source_bytes: 4000, partitions: [], milliseconds: {} },
  reasons: { 'status.enum': 2, in_order: 1, 'new.field.unknown_column': 1 },
  warnings: { 'email.format': 3 },
  gates: [{ name: 'enough', severity: 'error', measured: 6, unit: 'rows', passed: true }],
  unknown_columns: ['new.field'],
  columns: {
    status: { nulls: 1, distinct: 2, min: 'paid', max: 'sent', top: [{ value: 'paid', rows: 5 }] },
    email: { nulls: 0, distinct: 6, min: 'a@b.c', max: 'z@b.c', top: [{ value: 'a@b.c', rows: 6 }] },
    gone: { nulls: 0, distinct: 1, min: 'secret', max: 'secret' },
  },
} as Profile;
const item = {
  ...{ pk: 'file#file1', sk: 'file', rev: 3, gsi1pk: 'g', gsi1sk: 'g', file_id: 'file1', dataset: 'orders' },
  ...{ bucket: 'landing', key: 'landing/orders/1.csv', version_id: 'v1', etag: 'e', size: 900, status: 'staged' },
  ...{ last_modified: '2026-03-01T23:59:59.000Z', received_at: '2026-03-02T00:00:01.000Z', bronze_key: 'bronze/1' },
  ...{ claimed_at: '2026-03-02T00:00:05.000Z', updated_at: '2026-03-02T00:00:30.000Z', run: 'run1', attempts: 3 },
  ...{ stage_id: 'file1-2', staged_seq: 1, counts },
} as FileItem;
const batch = { batch_seq: 4, snapshot_id: '77', merged_at: '2026-03-02T00:00:20.000Z' } as BatchItem;
const finished = '2026-03-02T00:00:35.000Z';
const nothing = { anomalies: [], orphans: [] };
const rule = (record: ReturnType<typeof doneRecord>, name: string) => record.rules.find((one) => one.name === name);

describe('the record of a file that is done', () => {
  const record = doneRecord(dataset, item, batch, profile, nothing, finished);

  it('has lineage, counts, the commit and times of exactly this validation', () => {
    expect(record).toMatchObject({
      ...{ record_version: 1, outcome: 'done', error: null, bucket: 'landing', version_id: 'v1', etag: 'e', size: 900 },
      ...{ bronze_key: 'bronze/1', run: 'run1', stage_id: 'file1-2', attempt: 2, contract_version: '1.0.0' },
      ...{ format: 'csv', compression: 'gzip', source_bytes: 4000 },
      ...{ rows_in: 10, rows_accepted: 6, rows_rejected: 2, rows_duplicate: 1, rows_superseded: 1 },
      ...{ rejected_percent: 20, batch_seq: 4, snapshot_id: '77', merged_at: batch.merged_at },
      ...{ started_at: item.claimed_at, finished_at: finished, run_seconds: 30, drop_to_gold_seconds: 36 },
    });
    expect(recordKey(record)).toBe('quality/dataset=orders/day=2026-03-01/file1.json');
  });

  it('has every rule of the contract, also those that nobody broke, and of which rows their share is', () => {
    expect(record.rules.filter(({ origin }) => origin === 'contract').map(({ name }) => name)).toEqual([
      ...['order_id.required', 'order_ts.required', 'order_ts.type', 'status.enum', 'email.format', 'in_order'],
      'email.unique',
    ]);
    expect(rule(record, 'order_id.required')).toMatchObject({ rows_broken: 0, rows_checked: 10, pass_percent: 100 });
    expect(rule(record, 'status.enum')).toMatchObject({
      ...{ column_name: 'status', rule: 'enum', severity: 'error', description: expect.stringContaining('paid') },
      ...{ rows_broken: 2, rows_checked: 10, pass_percent: 80 },
    });
    expect(rule(record, 'email.format')).toMatchObject({ severity: 'warning', rows_checked: 6, pass_percent: 50 });
    expect(rule(record, 'in_order')).toMatchObject({ column_name: null, pass_percent: 90 });
  });

  it('names what else records were refused for', () => {
    expect(rule(record, 'new.field.unknown_column')).toMatchObject({
      ...{ column_name: 'new.field', rule: 'unknown_column', origin: 'record', description: null, rows_broken: 1 },
    });
  });

  it('has gates with what was measured, and profiles without a value of personal data', () => {
    expect(record.gates).toEqual([{ ...profile.gates[0], description: 'row count must be greater than 1' }]);
    expect(record.columns.map(({ name, pii }) => [name, pii])).toEqual([
      ['status', false],
      ['email', true],
      ['gone', true],
    ]);
    expect(JSON.stringify(record)).not.toMatch(/@b\.c|secret/);
    expect(record.columns[0]).toMatchObject({ distinct_values: 2, min: 'paid', top: [{ value: 'paid', rows: 5 }] });
  });

  it('does not call rules passed that the validation, of another version of the contract, did not check', () => {
    const old = doneRecord(dataset, item, batch, { ...profile, contract_version: '0.9.0' }, nothing, finished);

    expect(old.contract_version).toBe('0.9.0');
    expect(old.rules.map(({ name }) => name).sort()).toEqual(
      ['email.format', 'in_order', 'new.field.unknown_column', 'status.enum'].sort(),
    );
  });

  it('leaves open what is not known of it any more', () => {
    const { claimed_at: _, ...older } = item;

    const record = doneRecord(dataset, older as FileItem, batch, undefined, nothing, finished);

    expect(record).toMatchObject({ rules: [], columns: [], rows_in: 10, started_at: null, run_seconds: null });
  });

  it('gives no share of no rows', () => {
    const none = { in: 0, accepted: 0, rejected: 0, duplicate: 0, superseded: 0 };

    const record = doneRecord(
      dataset,
      { ...item, counts: none },
      batch,
      { ...profile, counts: none, reasons: {}, warnings: {} },
      nothing,
      finished,
    );

    expect(record.rejected_percent).toBe(0);
    expect(record.rules.every(({ pass_percent }) => pass_percent === null)).toBe(true);
  });
});

describe('the record of a file that was refused', () => {
  const error = new FileRejectedError('too many');

  it('has the reason and the figures of the refused validation', () => {
    const record = refusedRecord(dataset, item, { run: 'run2', stageId: 'file1-3', error, profile }, finished);

    expect(record).toMatchObject({
      ...{ outcome: 'rejected', error: 'FileRejectedError: too many', run: 'run2', stage_id: 'file1-3', attempt: 3 },
      ...{ rows_in: 10, rejected_percent: 20, batch_seq: null, merged_at: null, drop_to_gold_seconds: null },
    });
    expect(rule(record, 'status.enum')).toMatchObject({ rows_broken: 2 });
  });

  it('of which nothing could be read has no figures at all', () => {
    const record = refusedRecord(dataset, item, { run: 'run2', stageId: 'file1-3', error }, finished);

    expect(record).toMatchObject({ rows_in: null, rows_rejected: null, rejected_percent: null, format: null });
    expect([record.rules, record.gates, record.columns, record.anomalies]).toEqual([[], [], [], []]);
  });

  it('has the same key and the same fields as that of a later success, which takes its place', () => {
    const refused = refusedRecord(dataset, item, { run: 'run2', stageId: 'file1-3', error }, finished);
    const done = doneRecord(dataset, item, batch, profile, nothing, finished);

    expect(recordKey(refused)).toBe(recordKey(done));
    expect(Object.keys(refused).sort()).toEqual(Object.keys(done).sort());
  });
});
