import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listObjects } from '../../aws/listing.ts';
import { readText } from '../../aws/s3.ts';
import { getFile } from '../../core/ledger/files.ts';
import { BAND } from '../../core/quality/band.ts';
import { type FileRecord, recordKey } from '../../core/quality/record.ts';
import {
  type Dropped,
  drop,
  dropText,
  fileOf,
  ledger,
  type Row,
  stack,
  tributary,
  tributaryJson,
  until,
} from './cloud.ts';
import { listen, type Notices } from './notices.ts';

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
const order = (id: string, status = 'paid') =>
  `${id},C-000001,P-00001,1,9.99,${status},2026-05-01T10:00:00Z,2026-05-01T10:00:00Z\n`;
const orders = (name: string, count: number, bad = 0) =>
  header +
  Array.from({ length: count }, (_, n) =>
    order(`O-${name}-${String(n).padStart(4, '0')}`, n < bad ? 'lost' : 'paid'),
  ).join('');

const ask = (file: string, ...params: string[]): Promise<Row[]> =>
  tributaryJson('query', '--file', `sql/queries/${file}.sql`, ...params.flatMap((param) => ['--param', param]));

async function recordOf({ file_id }: Dropped): Promise<FileRecord> {
  const file = (await getFile(await ledger(), file_id))!;
  return JSON.parse(await readText((await stack()).lakeBucket, recordKey(file)));
}

/** What is recorded of all files of orders: those of other tests are among them. */
async function allRecords(): Promise<FileRecord[]> {
  const { lakeBucket } = await stack();
  const records: FileRecord[] = [];
  for await (const page of listObjects(lakeBucket, 'quality/dataset=orders/')) {
    records.push(...(await Promise.all(page.map(async ({ key }) => JSON.parse(await readText(lakeBucket, key))))));
  }
  return records;
}

/** What data-quality must say of a rule, and which files broke it most. */
function figuresOf(records: FileRecord[], rule: string) {
  const results = records.flatMap(({ key, rules }) =>
    rules.filter(({ name }) => name === rule).map((result) => ({ key, ...result })),
  );
  const broken = results.reduce((sum, { rows_broken }) => sum + rows_broken, 0);
  const checked = results.reduce((sum, { rows_checked }) => sum + rows_checked, 0);
  const most = Math.max(...results.map(({ rows_broken }) => rows_broken));
  return {
    figures: {
      ...{ files: results.length, rows_checked: checked, rows_broken: broken },
      pass_percent: expect.closeTo(100 * (1 - broken / checked), 2),
    },
    worst: most === 0 ? [null] : results.filter(({ rows_broken }) => rows_broken === most).map(({ key }) => key),
  };
}

describe('the record of a file', () => {
  it('has what was measured of a file that is done, where it came from, and when it was where', async () => {
    const dropped = await dropText('orders', 'recorded.csv', orders('RECORD', 40, 1));

    const record = await recordOf(dropped);

    const file = (await getFile(await ledger(), dropped.file_id))!;
    expect(record).toMatchObject({
      ...{ record_version: 1, dataset: 'orders', outcome: 'done', error: null },
      ...{ bucket: file.bucket, key: file.key, version_id: file.version_id, etag: file.etag, size: file.size },
      ...{ bronze_key: file.bronze_key, run: file.run, stage_id: file.stage_id, attempt: 1, format: 'csv' },
      ...{ rows_in: 40, rows_accepted: 39, rows_rejected: 1, rejected_percent: 2.5, unknown_columns: [] },
      ...{ batch_seq: expect.any(Number), snapshot_id: expect.stringMatching(/^\d+$/) },
      ...{ received_at: file.received_at, finished_at: file.finished_at },
    });
    expect(record.rules.find(({ name }) => name === 'status.enum')).toMatchObject({
      ...{ column_name: 'status', severity: 'error', rows_broken: 1, rows_checked: 40, pass_percent: 97.5 },
    });
    const unbroken = record.rules.filter(({ name }) => name !== 'status.enum');
    expect(unbroken.length).toBeGreaterThan(10);
    expect(unbroken.every(({ pass_percent }) => pass_percent === 100)).toBe(true);
    expect(Date.parse(record.merged_at!)).toBeLessThanOrEqual(Date.parse(record.finished_at));
    expect(record.run_seconds).toBeGreaterThan(0);
  });

  it('says why a file was refused, with what was measured if it could be read', async () => {
    const refused = await dropText('orders', 'refused-then.csv', orders('REFUSED', 2, 1));

    expect(await recordOf(refused)).toMatchObject({
      ...{ outcome: 'rejected', error: expect.stringMatching(/^FileRejectedError: .*1 of 2 rows/), batch_seq: null },
      ...{ rows_in: 2, rows_rejected: 1, stage_id: `${refused.file_id}-1`, drop_to_gold_seconds: null },
    });
    const unreadable = await dropText('orders', 'nothing.csv', '');
    expect(await recordOf(unreadable)).toMatchObject({ outcome: 'rejected', rows_in: null, rules: [], columns: [] });
  });

  it('is a row of ops.files that analysts ask', async () => {
    const done = await dropText('orders', 'asked.csv', orders('ASKED', 25, 1));
    const refused = await dropText('orders', 'asked-refused.csv', orders('ASKED2', 3, 2));

    const lineage = await ask('lineage-of-file', `file=${done.file_id}`);
    const rules = await ask('data-quality', 'dataset=orders', 'since:date=2020-01-01');
    const days = await ask('quality-trend', 'since:date=2020-01-01');
    const ofRules = await ask('quality-trend-of-rules', 'dataset=orders', 'since:date=2020-01-01');

    const record = await recordOf(done);
    const { lakeBucket } = await stack();
    expect(lineage).toEqual([
      expect.objectContaining({
        ...{ dataset: 'orders', outcome: 'done', error: null, bronze_key: record.bronze_key, run: record.run },
        ...{ source: `s3://${record.bucket}/${record.key}`, snapshot_id: record.snapshot_id, rows_in: 25 },
      }),
    ]);
    expect(await readText(lakeBucket, String(lineage[0]!.bronze_key))).toBe(orders('ASKED', 25, 1));
    const records = await allRecords();
    for (const name of ['status.enum', 'order_id.required']) {
      const { figures, worst } = figuresOf(records, name);
      const found = rules.find(({ rule }) => rule === name)!;
      expect(found).toMatchObject(figures);
      expect(worst).toContain(found.worst_file);
    }
    expect(figuresOf(records, 'status.enum').figures.rows_broken).toBeGreaterThanOrEqual(3);
    const [today] = days.filter(({ dataset }) => dataset === 'orders').slice(-1);
    expect(Number(today!.files)).toBeGreaterThanOrEqual(2);
    expect(Number(today!.refused)).toBeGreaterThanOrEqual(1);
    expect(today!.upload_success_percent).toBeLessThan(100);
    expect(ofRules.some(({ rule, rows_broken }) => rule === 'status.enum' && Number(rows_broken) > 0)).toBe(true);
    expect(await recordOf(refused)).toMatchObject({ outcome: 'rejected' });
  });
});

describe('a file unlike those before it', () => {
  let notices: Notices;
  beforeAll(async () => {
    notices = await listen('unusual', (text) => text.includes('unlike') && text.includes('unusual.json'));
  });
  afterAll(() => notices.close());

  it('is named by its record, a query, its run, and a notice to the owner; its rows are taken all the same', async () => {
    // More than half of the files that are remembered, so that those of other tests do not decide what is usual.
    const usual = Array.from({ length: BAND.files / 2 + 5 }, (_, n) =>
      fileOf(`usual-${n}.json`, events(`U${n}`, 30 + (n % 5))),
    );
    await drop('events', ...usual);
    const alike = await dropText('events', 'alike.json', events('ALIKE', 33));

    const unusual = await dropText('events', 'unusual.json', events('X', 3000));

    expect((await recordOf(alike)).anomalies).toEqual([]);
    expect(unusual).toMatchObject({ outcome: 'done', counts: { accepted: 3000 } });
    expect((await recordOf(unusual)).anomalies.map(({ measure }) => measure)).toEqual(['size', 'rows']);
    const asked = await ask('file-anomalies', 'since:date=2020-01-01');
    expect(asked.filter(({ file_id }) => file_id === unusual.file_id)).toEqual([
      expect.objectContaining({ dataset: 'events', measure: 'rows', value: 3000 }),
      expect.objectContaining({ dataset: 'events', measure: 'size' }),
    ]);
    const shown = await tributary('run', unusual.file_id);
    expect(shown.stdout).toMatch(/unusual\s+3,000 rows; from the \d+ files before it one expects/);
    const notice = await until('the owner is told', 60, () => notices.news().then((all) => all[0]));
    expect(notice).toMatch(/unusual\.json is unlike the files of events before it:\n {2}.* bytes; .*\n {2}3,000 rows/);
    expect(notice).toContain(`npx tributary undo ${unusual.file_id}`);
  });
});

const events = (name: string, count: number): string =>
  Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      ...{ event_id: `E-${name}-${n}`, event_type: 'login' },
      ...{ event_ts: '2026-05-01T10:00:00Z', sent_at: '2026-05-01T10:00:01Z' },
    }),
  ).join('\n');
