import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invokeFunction } from '../../aws/functions.ts';
import { parseContract } from '../../core/contract/parse.ts';
import type { Drift } from '../../core/discovery/drift/find.ts';
import { dropText, fileOf, stage, tributary, tributaryJson, until } from './cloud.ts';
import { listen, type Notices } from './notices.ts';

const header = 'customer_id,name,email,region,country,plan,signed_up_on,updated_at';
const customer = (number: number, plan = 'free') =>
  `C-${880_000 + number},Ada ${number},ada${number}@example.com,EMEA,DE,${plan},2026-01-05,2026-05-01T10:00:00Z`;

describe('files that drift from their contract', () => {
  let notices: Notices;
  beforeAll(async () => {
    notices = await listen('drift', (text) => text.startsWith('Files of customers drift'));
  });
  afterAll(() => notices.close());

  const check = async () =>
    (await invokeFunction<Record<string, { told: number }>>(`tributary-${stage}-check-drift`, {})).customers!;

  it('are told to the owner in one notice of what is new, and not again', async () => {
    // What other suites have left is told before.
    await dropText('customers', 'drift-0.csv', `${[header, customer(0)].join('\n')}\n`);
    await check();
    for (const file of [1, 2]) {
      const rows = Array.from({ length: 60 }, (_, n) => `${customer(100 * file + n, n === 0 ? 'family' : 'pro')},EUR`);
      const dropped = await dropText(
        'customers',
        `drift-${file}.csv`,
        `${[`${header},Invoice Currency`, ...rows].join('\n')}\n`,
      );
      expect(dropped).toMatchObject({ outcome: 'done', counts: { in: 60, accepted: 59, rejected: 1 } });
    }
    await until('their records are there', 60, async () => {
      const [drift] = await tributaryJson<Drift[]>('drift', 'customers');
      return drift!.findings.some(({ files, kind }) => kind === 'unknown_field' && files === 2);
    });

    const first = await check();
    const again = await check();

    const told = await until('the owner is told', 60, async () => {
      const all = (await notices.news()).filter((text) => text.includes('Invoice Currency'));
      return all.length > 0 && all;
    });
    expect([first.told, again.told]).toEqual([2, 0]);
    expect(told).toHaveLength(1);
    const [news] = told[0]!.split('Told before');
    expect(news!.split('\n').filter((line) => line.startsWith('  ') && !line.includes('npx'))).toEqual([
      expect.stringMatching(
        /^ {2}the field Invoice Currency, which the contract does not know, is in 2 of \d+ files since .*drift-1\.csv\); its values are kept in meta_rescued$/,
      ),
      expect.stringMatching(
        /^ {2}\d+ rows in \d+ files have a plan that is not in its enumeration: .*"family" \(2 rows\)/,
      ),
    ]);
    expect(await notices.news()).toEqual([]);
  });

  it('are shown with a change of the contract for each', async () => {
    const [drift] = await tributaryJson<Drift[]>('drift', 'customers', '--days', '2');

    const [field, plans] = ['unknown_field', 'refused_values'].map((kind) =>
      drift!.findings.find((each) => each.kind === kind),
    );
    expect(field!.suggestion).toMatch(
      /^- name: invoice_currency .*\n.*\n.*\n.*\n.*aliases, value: \[Invoice Currency\]/,
    );
    expect(plans!.suggestion).toMatch(/^- name: plan\n {2}enum: \[.*\{ value: enterprise \}, .*\{ value: family \}/);
  });
});

describe('a contract drafted from a sample', () => {
  it('is taken by the project, and takes the sample', async () => {
    const rows = Array.from(
      { length: 50 },
      (_, n) => `${n + 1};C-${String(n).padStart(6, '0')};"${n},50";${n + 1}.02.2026`,
    );
    const sample = fileOf(
      'refunds-2026.csv',
      `${['Refund No;Customer ID;Amount;Date', ...rows.slice(0, 28)].join('\n')}\n`,
    );
    const out = join(dirname(sample), 'refunds.odcs.yaml');

    const inferred = await tributary('infer', sample, '--out', out);
    const checked = await tributary('validate', sample, '--contract', out);

    expect([inferred.code, checked.code]).toEqual([0, 0]);
    expect(checked.stdout).toMatch(/28 = 28 accepted/);
    const dataset = parseContract(readFileSync(out, 'utf8'), out);
    expect(dataset.columns.map(({ name, type }) => [name, type.kind])).toEqual([
      ['refund_no', 'bigint'],
      ['customer_id', 'string'],
      ['amount', 'decimal'],
      ['date_field', 'date'],
    ]);
    expect(dataset).toMatchObject({ name: 'refunds', key: ['refund_no'], references: [{ dataset: 'customers' }] });
  });
});
