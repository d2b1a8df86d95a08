import { createHash } from 'node:crypto';
import { type FileRecord, type RuleResult, recordKey } from '../../../../core/quality/record.ts';
import type { PagePorts } from '../../../../core/quality/report/ports.ts';

export const place = { stage: 'prod', lakeBucket: 'lake', marts: ['daily_revenue'] };

export const rule = (name: string, broken: number, checked: number, over: Partial<RuleResult> = {}): RuleResult => ({
  name,
  column_name: name.includes('.') ? name.split('.')[0]! : null,
  rule: name.split('.').at(-1)!,
  severity: 'error',
  origin: 'contract',
  description: `${name} must hold`,
  rows_broken: broken,
  rows_checked: checked,
  pass_percent: checked === 0 ? null : (100 * (checked - broken)) / checked,
  ...over,
});

export const idOf = (n: number): string => n.toString(16).padStart(32, '0');

/** A file of 1,000 rows, 20 of which were rejected. */
export function fileRecord(n: number, over: Partial<FileRecord> = {}): FileRecord {
  const file_id = idOf(n);
  return {
    record_version: 1,
    dataset: 'orders',
    file_id,
    outcome: 'done',
    error: null,
    bucket: 'landing',
    key: `landing/orders/shop/${n}.csv`,
    version_id: 'v1',
    etag: 'e1',
    size: 4_096,
    last_modified: '2026-03-01T10:00:00.000Z',
    bronze_key: `bronze/orders/${n}.csv`,
    run: `arn:aws:states:eu-central-1:111122223333:execution:tributary-prod-ingest:run${n}`,
    stage_id: `${file_id}-1`,
    attempt: 1,
    contract_version: '1.2.0',
    format: 'csv',
    compression: 'gzip',
    source_bytes: 40_960,
    rows_in: 1_000,
    rows_accepted: 970,
    rows_rejected: 20,
    rows_duplicate: 7,
    rows_superseded: 3,
    rejected_percent: 2,
    rules: [
      rule('order_id.required', 0, 1_000),
      rule('price.type', 15, 1_000, { examples: [{ value: 'n/a', rows: 12, record: 4, line: 5 }] }),
      rule('email.format', 5, 1_000, { examples: [{ value: null, rows: 5, record: 8, line: 9 }] }),
      rule('note.max_length', 2, 970, { severity: 'warning' }),
    ],
    gates: [
      {
        name: 'enough',
        severity: 'error',
        description: 'row count must be at least 1',
        measured: 1_000,
        unit: 'rows',
        passed: true,
      },
    ],
    unknown_columns: [],
    columns: [
      { name: 'price', pii: false, nulls: 97, distinct_values: 512, min: '0.50', max: '99.95', top: [] },
      { name: 'email', pii: true, nulls: 0, distinct_values: 900, min: null, max: null, top: [] },
      {
        name: 'status',
        pii: false,
        nulls: 0,
        distinct_values: 2,
        min: 'a',
        max: 'b',
        top: [{ value: 'paid', rows: 485 }],
      },
    ],
    anomalies: [],
    orphans: [],
    batch_seq: 12,
    snapshot_id: '7312845529105523312',
    received_at: '2026-03-01T10:00:01.000Z',
    started_at: '2026-03-01T10:00:02.000Z',
    merged_at: '2026-03-01T10:00:40.000Z',
    finished_at: '2026-03-01T10:01:00.000Z',
    run_seconds: 58,
    drop_to_gold_seconds: 60,
    ...over,
  };
}

export const refused = (n: number, over: Partial<FileRecord> = {}): FileRecord =>
  fileRecord(n, {
    outcome: 'rejected',
    error: 'FileRejectedError: 20 of 1000 rows (2 %) were rejected and the contract allows 1 %',
    ...{ batch_seq: null, snapshot_id: null, merged_at: null, drop_to_gold_seconds: null },
    ...over,
  });

export const unreadable = (n: number): FileRecord =>
  refused(n, {
    error: 'FileRejectedError: not a gzip stream',
    ...{ rows_in: null, rows_accepted: null, rows_rejected: null, rows_duplicate: null, rows_superseded: null },
    ...{
      rejected_percent: null,
      rules: [],
      gates: [],
      columns: [],
      format: null,
      compression: null,
      source_bytes: null,
    },
  });

/** A bucket: what is written is seen at once by whoever reads or lists after it, as S3 promises. */
export function bucket() {
  const objects = new Map<string, string>();
  const reads: string[] = [];
  const keysOf = (prefix: string) => [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  const ports: PagePorts = {
    listRecords: async (dataset, day) =>
      keysOf(`quality/dataset=${dataset}/day=${day}/`).map((key) => ({
        key,
        file_id: key.slice(-37, -5),
        etag: createHash('md5').update(objects.get(key)!).digest('hex'),
      })),
    listDays: async (dataset, from) => {
      const prefix = `quality/dataset=${dataset}/day=`;
      const days = keysOf(prefix).map((key) => key.slice(prefix.length, prefix.length + 10));
      return [...new Set(days)].filter((day) => day >= from);
    },
    read: async (key) => {
      reads.push(key);
      return objects.get(key);
    },
    write: async (key, text) => void objects.set(key, text),
  };
  const put = (...records: FileRecord[]) => {
    for (const record of records) objects.set(recordKey(record), JSON.stringify(record));
  };
  return { objects, reads, ports, put };
}

/** The texts of a page's table cells by the caption of the table, row by row. */
export function tables(page: string): Map<string, string[][]> {
  const found = new Map<string, string[][]>();
  for (const [, caption, body] of page.matchAll(/<table><caption>(.*?)<\/caption>(.*?)<\/table>/gs)) {
    const rows = [...body!.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
      [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => textOf(cell!)),
    );
    found.set(textOf(caption!), rows);
  }
  return found;
}

/** What a reader sees. */
export const textOf = (markup: string): string =>
  markup
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<br>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
