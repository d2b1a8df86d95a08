import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FileRecord } from '../../../../core/quality/record.ts';
import { datasetPage } from '../../../../core/quality/report/dataset-page.ts';
import { noFiles, remember, totalsOf } from '../../../../core/quality/report/day.ts';
import { dayPage } from '../../../../core/quality/report/day-page.ts';
import { filePage } from '../../../../core/quality/report/file-page.ts';
import { fileRecord, place, refused, rule, tables, textOf, unreadable } from './fixture.ts';

/** The three pages that show some files of a day. */
function pagesOf(records: FileRecord[]): { file: string; day: string; dataset: string } {
  const files = noFiles();
  for (const record of records) remember(files, record, 'etag');
  const totals = totalsOf(files, { dataset: 'orders', day: '2026-03-01', fingerprint: 'f', uncounted: 0 });
  const before = { ...totals, day: '2026-02-28' };
  return {
    file: filePage(records[0]!, place),
    day: dayPage(files, totals, [before], place),
    dataset: datasetPage('orders', [before, totals], place),
  };
}

const kinds: [string, FileRecord[]][] = [
  ['of a file with rejects', [fileRecord(1)]],
  ['of one that was refused', [refused(1), fileRecord(2)]],
  ['of one that could not be read', [unreadable(1)]],
  [
    'of one without rules, rows and columns',
    [
      fileRecord(1, {
        rows_in: 0,
        rows_accepted: 0,
        rows_rejected: 0,
        rows_duplicate: 0,
        rows_superseded: 0,
        rules: [],
        gates: [],
        columns: [],
      }),
    ],
  ],
];

describe.each(kinds)('a page %s', (_kind, records) => {
  const pages = Object.entries(pagesOf(records));

  it.each(pages)('(%s) loads nothing and runs nothing', (_name, page) => {
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:;`,
    );
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form|input|use|image)\b/i);
    expect(page).not.toMatch(/\s(src|srcset|style|on\w+|xlink:href|action)=/i);
    expect(page).not.toMatch(/url\(|@import|@font-face/i);
  });

  it.each(pages)('(%s) has rows as wide as their head, with a scope on each heading', (_name, page) => {
    const widths = [...tables(page).values()].map((rows) => new Set(rows.map((row) => row.length)).size);

    expect(widths.filter((different) => different !== 1)).toEqual([]);
    expect(page.match(/<th\b(?![^>]*scope=)/g)).toBeNull();
  });

  it.each(pages)('(%s) tells in words what its drawings show', (_name, page) => {
    const drawings = [...page.matchAll(/<svg\b[^>]*>/g)].map(([tag]) => tag);

    expect(drawings.filter((tag) => !/role="img" aria-label="[^"]+"|aria-hidden="true"/.test(tag))).toEqual([]);
  });

  it.each(pages)('(%s) closes what it opens', (_name, page) => {
    expect(unclosed(page)).toEqual([]);
  });

  it.each(pages)('(%s) links to pages of its own folder, or to the AWS console', (name, page) => {
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, link]) => link!);
    const own = {
      file: /^(\.\.\/index\.html|index\.html)$/,
      day: /^(\.\.\/index\.html|[0-9a-f]{32}\.html)$/,
      dataset: /^2026-0\d-\d\d\/(index|[0-9a-f]{32})\.html$/,
    }[name as 'file'];

    expect(links.filter((link) => !own.test(link) && !link.startsWith('https://eu-central-1.console.aws'))).toEqual([]);
  });
});

/** Tags that are open at the end, or closed without being open. */
function unclosed(page: string): string[] {
  const open: string[] = [];
  for (const [, slash, name, , empty] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*?)(\/?)>/g)) {
    if (['meta', 'br'].includes(name!) || empty) continue;
    if (slash === '') open.push(name!);
    else if (open.at(-1) === name) open.pop();
    else return [`</${name}> in <${open.join('> <')}>`];
  }
  return open;
}

describe('what comes with a file', () => {
  const naughty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 5 }).map((units) => String.fromCharCode(...units)),
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"/><svg onload=alert(1)>',
      '</td></table>',
      "'",
      '\u202e',
      '\ud800',
      'x'.repeat(5_000),
      '__proto__',
      'constructor',
    ),
  );
  /** A record, with one text in every place where a stranger's text can be. */
  const spoilt = (record: FileRecord, text: string): FileRecord => ({
    ...record,
    ...{ bucket: text, key: `landing/orders/${text}`, version_id: text, etag: text, bronze_key: text },
    error: record.error === null ? null : text,
    ...{ contract_version: text, snapshot_id: record.snapshot_id, unknown_columns: [text, `${text}2`] },
    rules: [
      ...record.rules.map((one) => ({
        ...one,
        description: text,
        examples: [{ value: text, rows: 1, record: 1, line: 2 }],
      })),
      rule(text, 3, 1_000, { origin: 'record', description: null }),
    ],
    gates: record.gates.map((gate) => ({ ...gate, name: text, description: text, passed: false, severity: 'warning' })),
    columns: record.columns.map((column) =>
      column.pii ? column : { ...column, name: text, min: text, max: text, top: [{ value: text, rows: 1 }] },
    ),
  });
  const tagsOf = (page: string) => [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));

  it('changes nothing of the page but its text', () => {
    const plain = [fileRecord(1), refused(2)].map((record) => pagesOf([spoilt(record, 'plain')]));

    fc.assert(
      fc.property(naughty, (text) => {
        for (const [n, record] of [fileRecord(1), refused(2)].entries()) {
          const pages = pagesOf([spoilt(record, text)]);
          for (const name of ['file', 'day', 'dataset'] as const) {
            expect(tagsOf(pages[name])).toEqual(tagsOf(plain[n]![name]));
            expect(pages[name].isWellFormed()).toBe(true);
            expect(pages[name]).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
            expect(pages[name].length).toBeLessThan(plain[n]![name].length + 60_000);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the page of a file', () => {
  const page = filePage(fileRecord(1), place);
  const found = tables(page);

  it('says where its rows went', () => {
    expect(textOf(page)).toContain('1,000 rows = 970 accepted + 20 rejected + 7 duplicate + 3 superseded');
    expect(textOf(page)).toContain(
      'npx tributary quarantine orders --file 00000000000000000000000000000001 --stage prod',
    );
  });

  it('has the broken rules, the worst first, with examples that are no personal data, then the others', () => {
    expect(found.get('Rules that rows break, the worst first')).toEqual([
      ['Rule', 'Pass', 'Rows that break it', 'of', 'For example', 'Effect'],
      ['price.type price.type must hold', '98.5 %', '15', '1,000', 'n/a × 12, first in line 5', 'rejects the row'],
      [
        'email.format email.format must hold',
        '99.5 %',
        '5',
        '1,000',
        'personal data, first in line 9',
        'rejects the row',
      ],
      ['note.max_length note.max_length must hold', '99.79 %', '2', '970', '–', 'warns'],
    ]);
    expect(found.get('Rules that no row breaks')!.slice(1)).toEqual([
      ['order_id.required order_id.required must hold', 'rejects the row', '1,000'],
    ]);
  });

  it('has every column, and of personal data no value', () => {
    expect(found.get('Of the 970 rows that were accepted')!.slice(1)).toEqual([
      ['price', '97', '10 %', '512', '0.50', '99.95', '–'],
      ['email', '0', '0 %', '900', 'personal data', 'personal data', '–'],
      ['status', '0', '0 %', '2', 'a', 'b', 'paid 50 %'],
    ]);
  });

  it('leads from the source to the marts', () => {
    const way = [...page.matchAll(/<ol class="way">(.*?)<\/ol>/gs)][0]![1]!;

    expect([...way.matchAll(/<li>(.*?)<\/li>/g)].map(([, step]) => textOf(step!))).toEqual([
      'Source: s3://landing/landing/orders/shop/1.csv, version v1',
      'Bronze, as it came: s3://lake/bronze/orders/1.csv',
      'Staged rows: s3://lake/staging/orders/stage_id=00000000000000000000000000000001-1/',
      'Quarantine: s3://lake/quarantine/orders/stage_id=00000000000000000000000000000001-1/',
      'Silver: batch 12 of silver.orders, merged at 2026-03-01 10:00:40 UTC, snapshot 7312845529105523312',
      'Gold, brought up to date with it: daily_revenue',
      'This report&#39;s figures: s3://lake/quality/dataset=orders/day=2026-03-01/00000000000000000000000000000001.json'.replace(
        '&#39;',
        "'",
      ),
    ]);
  });

  it('tells what is remarkable, or that nothing is', () => {
    const anomaly = { measure: 'rows' as const, value: 1_000, low: 10, high: 50, median: 25, files: 30 };
    const gate = {
      name: 'known',
      severity: 'warning' as const,
      description: 'null values of price must be less than 5 %',
      measured: 9.7,
      unit: 'percent' as const,
      passed: false,
    };
    const remarkable = textOf(filePage(fileRecord(1, { anomalies: [anomaly], gates: [gate] }), place));
    const rules = [rule('price.type', 0, 1_000)];
    const clean = textOf(
      filePage(fileRecord(1, { rows_accepted: 990, rows_rejected: 0, rejected_percent: 0, rules }), place),
    );

    expect(remarkable).toContain('Taken, with 4 remarks');
    expect(remarkable).toContain('the file breaks known: null values of price must be less than 5 %, found 9.7 %');
    expect(remarkable).toContain(
      'unusual: 1,000 rows; from the 30 files before it one expects 10 to 50, their median is 25',
    );
    expect(clean).toContain('Taken, nothing to remark');
    expect(clean).toContain('No row breaks a rule: 1 rule was checked.');
  });

  it('says why a file was refused, and that none of its rows was taken', () => {
    const text = textOf(filePage(refused(1), place));

    expect(text).toContain('Refused: no row of this file was taken');
    expect(text).toContain('20 of 1000 rows (2 %) were rejected and the contract allows 1 %');
    expect(text).toContain('970 without fault, not taken all the same');
    expect(text).not.toContain('Gold');
    expect(text).not.toContain('Staged');
  });

  it('is the same for the same record, whatever the stage is but for commands and the console', () => {
    expect(filePage(fileRecord(1), place)).toBe(page);
    const local = filePage(fileRecord(1), { ...place, stage: 'local' });
    expect(local).not.toContain('--stage');
    expect(local).not.toContain('https://');
  });
});

describe('the page of a day', () => {
  const { day } = pagesOf([fileRecord(1), refused(2), unreadable(3)]);

  it('has one row a file, the last first, and the sums of those that were taken', () => {
    expect(tables(day).get('All of them, the last first')!.slice(1)).toEqual([
      ['shop/1.csv', 'rejects', '20', '2 %', '1,000', '970', '4.1 KB', '2026-03-01 10:01:00'],
      ['shop/2.csv', 'refused', '20', '2 %', '1,000', '–', '4.1 KB', '2026-03-01 10:01:00'],
      ['shop/3.csv', 'refused', '–', '–', '–', '–', '4.1 KB', '2026-03-01 10:01:00'],
    ]);
    expect(textOf(day)).toContain('1,000 rows = 970 accepted + 20 rejected + 7 duplicate + 3 superseded');
    expect(textOf(day)).toContain('Not among them: 1,000 rows of 2 refused files.');
  });

  it('has the rules over all files that could be read, the worst first', () => {
    const rules = tables(day).get('Rules of orders on 2026-03-01, the worst first')!.slice(1);

    expect(rules.map(([name, pass, broken, of]) => [name!.split(' ')[0], pass, broken, of])).toEqual([
      ['price.type', '98.5 %', '30', '2,000'],
      ['email.format', '99.5 %', '10', '2,000'],
      ['note.max_length', '99.79 %', '4', '1,940'],
      ['order_id.required', '100 %', '0', '2,000'],
    ]);
  });

  it('names the refused files as the worst, with why', () => {
    expect(tables(day).get('Refused files, and those with most rejected rows')!.slice(1)).toEqual([
      ['shop/2.csv', 'refused', '20', '2 %', 'price.type × 15, email.format × 5, note.max_length × 2'],
      ['shop/3.csv', 'refused', '–', '–', 'FileRejectedError: not a gzip stream'],
      ['shop/1.csv', 'rejects', '20', '2 %', 'price.type × 15, email.format × 5, note.max_length × 2'],
    ]);
  });
});

describe('the page of a dataset', () => {
  it('has its days, the newest first, with links, and its last files', () => {
    const { dataset } = pagesOf([fileRecord(1), refused(2)]);

    expect(tables(dataset).get('The last days with files, newest first')!.slice(1)).toEqual([
      ['2026-03-01', '2', '1', '0', '1,000', '20', '2 %', '99.45 %', '8.2 KB'],
      ['2026-02-28', '2', '1', '0', '1,000', '20', '2 %', '99.45 %', '8.2 KB'],
    ]);
    expect(dataset).toContain('<a href="2026-02-28/index.html">2026-02-28</a>');
    expect(dataset).toContain('<a href="2026-03-01/00000000000000000000000000000001.html">');
    expect(dataset).toContain('pass rate by day: 98.5 % at the least, 98.5 % at last');
  });
});
