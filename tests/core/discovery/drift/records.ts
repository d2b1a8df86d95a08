import type { Dataset } from '../../../../core/contract/dataset.ts';
import type { RecordPorts } from '../../../../core/discovery/drift/window.ts';
import type { FileRecord, RuleResult } from '../../../../core/quality/record.ts';
import { recordKey } from '../../../../core/quality/record.ts';
import { column, dataset } from '../../../engine/dataset.ts';

export const NOW = new Date('2026-03-14T06:00:00Z');

/** A contract of an id, an enumeration, an amount, a count and a note. */
export const shop = (more: Partial<Dataset> = {}): Dataset =>
  dataset({
    name: 'shop',
    owner: 'shop@example.com',
    columns: [
      column('id', { kind: 'string' }, { required: true }),
      column('plan', { kind: 'string' }, { enum: ['free', 'pro'] }),
      column('amount', { kind: 'decimal', precision: 6, scale: 2 }),
      column('seq', { kind: 'int' }),
      column('note', { kind: 'string' }, { aliases: ['Remark'], maxLength: 9 }),
    ],
    ...more,
  });

let made = 0;

/** The record of a file of 100 accepted rows of the shop, on a day of March 2026. */
export function recordOf(day: number, more: Partial<FileRecord> = {}): FileRecord {
  const number = ++made;
  const at = `2026-03-${String(day).padStart(2, '0')}T10:00:${String(number % 60).padStart(2, '0')}.000Z`;
  return {
    ...({ record_version: 1, dataset: 'shop', outcome: 'done', error: null } as const),
    file_id: String(number).padStart(32, '0'),
    ...{ bucket: 'landing', key: `landing/shop/${number}.csv`, version_id: 'v', etag: 'e', size: 10 },
    ...{ last_modified: at, bronze_key: null, run: 'r', stage_id: 's-1', attempt: 1, contract_version: '1.0.0' },
    ...{ format: 'csv', compression: 'none', source_bytes: 10 },
    ...{
      rows_in: 100,
      rows_accepted: 100,
      rows_rejected: 0,
      rows_duplicate: 0,
      rows_superseded: 0,
      rejected_percent: 0,
    },
    ...{ rules: [], gates: [], unknown_columns: [], anomalies: [], orphans: [] },
    columns: columnsOf({}),
    ...{ batch_seq: 1, snapshot_id: '1', received_at: at, started_at: at, merged_at: at, finished_at: at },
    ...{ run_seconds: 1, drop_to_gold_seconds: 1 },
    ...more,
  };
}

export const columnsOf = (nulls: Record<string, number>, max: Record<string, string> = {}): FileRecord['columns'] =>
  ['id', 'plan', 'amount', 'seq', 'note'].map((name) => ({
    ...{ name, pii: false, distinct_values: 5, min: '1', top: [] },
    nulls: nulls[name] ?? 0,
    max: max[name] ?? '5',
  }));

/** A rule that so many of 100 rows broke, with the values that were refused. */
export const ruleOf = (name: string, rows_broken: number, values: Record<string, number> = {}): RuleResult => ({
  ...{ name, column_name: name.split('.')[0]!, rule: name.split('.')[1]!, severity: 'error', origin: 'contract' },
  ...{ description: null, rows_broken, rows_checked: 100, pass_percent: 100 - rows_broken },
  examples: Object.entries(values).map(([value, rows]) => ({ value, rows, record: 1, line: 2 })),
});

/** The records as they lie in a lake. */
export function lakeOf(records: FileRecord[]): RecordPorts & { reads: number } {
  const days = new Map<string, FileRecord[]>();
  for (const record of records) {
    const day = record.last_modified.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), record]);
  }
  const lake = {
    reads: 0,
    listDays: async (_: string, from: string) => [...days.keys()].filter((day) => day >= from),
    list: async (_: string, day: string) =>
      (days.get(day) ?? []).map((record) => ({ key: recordKey(record), written: record.finished_at })),
    read: async (key: string) => {
      lake.reads++;
      return JSON.stringify(records.find((record) => recordKey(record) === key));
    },
  };
  return lake;
}
