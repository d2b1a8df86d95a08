import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { pagePorts } from '../../aws/reports.ts';
import { readText } from '../../aws/s3.ts';
import { getFile } from '../../core/ledger/files.ts';
import type { FileItem } from '../../core/ledger/items.ts';
import { dayOf, type FileRecord } from '../../core/quality/record.ts';
import type { DayTotals } from '../../core/quality/report/day.ts';
import { datasetPageKey, dayPageKey, filePageKey } from '../../core/quality/report/keys.ts';
import { tables, textOf } from '../core/quality/report/fixture.ts';
import {
  type Alerts,
  type Dropped,
  drop,
  dropText,
  fileOf,
  isLocal,
  ledger,
  query,
  stack,
  stage,
  tributary,
  tributaryJson,
  until,
} from './cloud.ts';

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
const script = '<script>alert(1)</script>';
const order = (n: number, over: { status?: string; price?: string } = {}) =>
  `O-REPORT-${String(n).padStart(4, '0')},C-000001,P-00001,1,${over.price ?? '9.99'},${over.status ?? 'paid'},2026-04-01T10:00:00Z,2026-04-01T10:00:00Z\n`;
const sound = (count: number) => Array.from({ length: count }, (_, n) => order(n)).join('');
const dirty = `${header}${sound(95)}${order(95, { status: script })}${order(96, { status: script })}${order(97, { price: 'ten' })}${order(0)}`;
const bad = header + sound(2) + order(3, { status: script });

interface Shown {
  uri: string;
  url: string | null;
  record: FileRecord;
}

let taken: Dropped;
let refused: Dropped;
const fileOfLedger = async ({ file_id }: Dropped): Promise<FileItem> => (await getFile(await ledger(), file_id))!;
const inLake = async (key: string) => readText((await stack()).lakeBucket, key);

/** The totals that the page of the day shows, once all records that are there now are in them. */
async function dayUpToDate(dataset: string, day: string): Promise<DayTotals> {
  const records = await pagePorts((await stack()).lakeBucket).listRecords(dataset, day);
  return until('the day is up to date', 60, async () => {
    const { days } = await tributaryJson<{ days: DayTotals[] }>('report', dataset, '--day', day);
    return days[0]!.files >= records.length && days[0];
  });
}

beforeAll(async () => {
  taken = await dropText('orders', 'report-dirty.csv', dirty);
  refused = await dropText('orders', 'report-refused.csv', bad);
}, 300_000);

describe('the report of a file', () => {
  it('shows the row account of the ledger and the rules that its rows break', async () => {
    const file = await fileOfLedger(taken);
    expect(file).toMatchObject({
      status: 'done',
      counts: { in: 99, accepted: 95, rejected: 3, duplicate: 1, superseded: 0 },
    });

    const page = await inLake(filePageKey(file));

    expect(textOf(page)).toContain('99 rows = 95 accepted + 3 rejected + 1 duplicate + 0 superseded');
    const rules = tables(page).get('Rules that rows break, the worst first')!.slice(1);
    expect(rules.map(([name, pass, broken, of, example]) => [name!.split(' ')[0], pass, broken, of, example])).toEqual([
      ['status.enum', '97.98 %', '2', '99', `${script} × 2, first in line 97`],
      ['unit_price.type', '98.99 %', '1', '99', 'ten × 1, first in line 99'],
    ]);
    expect(textOf(page)).toContain('Gold, brought up to date with it: ');
    expect(page).toContain(`staging/orders/stage_id=${file.stage_id}`);
  });

  it('says of a refused one why, and that no row was taken', async () => {
    const file = await fileOfLedger(refused);
    expect(file).toMatchObject({ status: 'rejected', counts: { in: 3, accepted: 2, rejected: 1 } });

    const text = textOf(await inLake(filePageKey(file)));

    expect(text).toContain('Refused: no row of this file was taken');
    expect(text).toContain(file.error);
    expect(text).toContain('3 rows = 2 accepted + 1 rejected + 0 duplicate + 0 superseded');
  });

  it('loads nothing, and what strangers wrote is text in it', async () => {
    const pages = await Promise.all(
      [taken, refused].map(async (file) => inLake(filePageKey(await fileOfLedger(file)))),
    );

    for (const page of pages) {
      expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base)\b|\s(src|srcset|on\w+)=|url\(|@import/i);
      expect(page).toContain('default-src &#39;none&#39;');
    }
  });

  it('is found by the command, which saves it as it is in the lake, and by that of its run', async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'tributary-report-')), 'page.html');

    const shown = await tributaryJson<Shown>('report', taken.file_id, '--out', out);
    const run = await tributary('run', taken.run!.split(':').at(-1)!);
    const failed = await tributary('run', refused.run!.split(':').at(-1)!);

    const key = filePageKey(await fileOfLedger(taken));
    expect(shown).toMatchObject({ uri: `s3://${(await stack()).lakeBucket}/${key}`, record: { rows_in: 99 } });
    expect(readFileSync(out, 'utf8')).toBe(await inLake(key));
    expect(run.stdout).toContain(shown.uri);
    expect(failed.stdout).toContain(filePageKey(await fileOfLedger(refused)));
    if (isLocal) {
      const answer = await fetch(shown.url!);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await answer.text()).toBe(await inLake(key));
    }
  });

  it('is named in the page that the refusal sends', async () => {
    // Further refusals of orders join an incident that other files may have opened, of which people have been told.
    const { file_id } = await dropText('hosts', 'report-refused.csv', 'host_id,updated_at\nnobody,never\n');

    const message = await until('the page is sent', 90, async () => {
      const { messages } = await tributaryJson<Alerts>('alerts', '--since', '1h', '--limit', '500', '--full');
      return messages.find(({ message }) => message.includes(file_id));
    });

    expect(message.message).toContain(`npx tributary report ${file_id} --open --stage ${stage}`);
  });

  it('is refused for a file that has none, with the reason', async () => {
    const output = await tributary('report', '0'.repeat(32));

    expect(output).toMatchObject({ code: 1, stderr: expect.stringContaining('the ledger has no file') });
  });
});

describe('the reports of a day and of a dataset', () => {
  it('add up what the records of all files say, those of a burst among them', async () => {
    const burst = [
      ...Array.from({ length: 6 }, (_, n) =>
        fileOf(`report-burst-${n}.csv`, dirty.replaceAll('O-REPORT', `O-RBURST${n}`)),
      ),
      ...Array.from({ length: 6 }, (_, n) =>
        fileOf(`report-burst-bad-${n}.csv`, bad.replaceAll('O-REPORT', `O-RBAD${n}`)),
      ),
    ];
    const dropped = await drop('orders', ...burst);
    expect(dropped.map(({ outcome }) => outcome).sort()).toEqual([
      ...Array(6).fill('done'),
      ...Array(6).fill('rejected'),
    ]);
    const day = dayOf(await fileOfLedger(dropped[0]!));

    const totals = await dayUpToDate('orders', day);

    const [sums] = await query(
      `select count(*) as files, count_if(outcome = 'rejected') as refused,
         sum(if(outcome = 'done', rows_in, 0)) as taken, sum(if(outcome = 'done', rows_rejected, 0)) as rejected
       from {ops}.files where dataset = 'orders' and day = date '${day}'`,
    );
    expect(sums).toEqual({
      files: totals.files,
      refused: totals.refused,
      taken: totals.counts.in,
      rejected: totals.counts.rejected,
    });
    const page = await inLake(dayPageKey('orders', day));
    for (const { file_id } of [taken, refused, ...dropped]) expect(page).toContain(`href="${file_id}.html"`);
    expect(textOf(await inLake(datasetPageKey('orders')))).toContain(`Last day with files: ${day}`);
  }, 300_000);

  it('can be saved together, so that their links lead to each other', async () => {
    const out = mkdtempSync(join(tmpdir(), 'tributary-reports-'));

    const output = await tributary('report', 'orders', '--out', out);

    expect(output.code).toBe(0);
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
    const leading = files.flatMap((name) =>
      [...readFileSync(join(out, name), 'utf8').matchAll(/href="([^"]*)"/g)]
        .filter(([, link]) => !link!.startsWith('https:'))
        .map(([, link]) => new URL(link!, `file:///${name}`).pathname.slice(1)),
    );
    expect(files).toContain('orders/index.html');
    expect(leading.length).toBeGreaterThan(20);
    expect(leading.filter((name) => !files.includes(name))).toEqual([]);
  });
});
