import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventBridge } from '../../aws/clients.ts';
import { invokeFunction } from '../../aws/functions.ts';
import { readDatasets } from '../../aws/project-files.ts';
import { readText } from '../../aws/s3.ts';
import type { SweepReport } from '../../core/reconcile/report.ts';
import { isLocal, land, query, stack, stage, tributary, tributaryJson } from './cloud.ts';

const header = 'product_id,name,category,unit_price,updated_at\n';
const product = (n: number) => `P-9918800${n},Chair ${n},seating,49.90,2026-04-04T08:00:00Z\n`;
const reconcile = (...more: string[]) =>
  tributaryJson<SweepReport>('reconcile', '--dataset', 'products', '--grace', '0s', ...more);
const rule = { Name: `tributary-${stage}-file-landed` };

/** Who deploys to AWS does not want a test to switch off what starts the runs. */
(isLocal ? describe : describe.skip)('files whose event was lost', () => {
  beforeAll(async () => {
    await stack();
    await eventBridge().send(new DisableRuleCommand(rule));
    await land('landing/products/lost/1.csv', header + product(1));
    await land('landing/products/lost/2.csv', header + product(2));
    await eventBridge().send(new EnableRuleCommand(rule));
  });

  afterAll(() => eventBridge().send(new EnableRuleCommand(rule)));

  it('are not accounted for in a dry run, which starts nothing', async () => {
    const output = await tributary('reconcile', '--dataset', 'products', '--grace', '0s', '--dry-run');

    expect(output.code).toBe(1);
    expect(output.stderr).toMatch(/\d+ files, \d+ accounted for \(2 missed, 2 runs to be started\)/);
    expect(output.stdout).toMatch(/^products\tmissed\t2$/m);
  });

  it('are given runs, and are in the lake when the command comes back', async () => {
    const report = await reconcile('--wait');

    expect(report).toMatchObject({ accounted_for: report.files, missed: { count: 2 }, started: { count: 2 } });
    expect(report.classes.missed).toBe(0);
    expect(
      await query("select product_id from {silver}.products where product_id like 'P-9918800%' order by 1"),
    ).toEqual([{ product_id: 'P-99188001' }, { product_id: 'P-99188002' }]);
  });

  it('are left alone from then on', async () => {
    const report = await reconcile();

    expect(report).toMatchObject({ missed: { count: 0 }, started: { count: 0 }, tables: [], bronze: { count: 0 } });
  });
});

describe('the sweep on its schedule', () => {
  it('accounts for every file, and leaves its report in the lake', async () => {
    const { lakeBucket } = await stack();

    const swept = await invokeFunction<{ report: string; sentence: string }>(
      `tributary-${stage}-reconcile-landing`,
      {},
    );

    const report = JSON.parse(await readText(lakeBucket, swept.report)) as SweepReport;
    expect(swept.report).toMatch(/^reports\/_reconcile\/\d{4}-.*\.json$/);
    expect(report).toMatchObject({ accounted_for: report.files, sentence: swept.sentence, errors: [], dataset: null });
    expect(Object.values(report.classes).reduce((sum, count) => sum + count, 0)).toBe(report.files);
  });
});

describe('the leases', () => {
  it('are shown for every silver table and every mart, with what waits', async () => {
    const leases = await tributaryJson<{ table: string; kind: string; lease: string; waiting: number }[]>('leases');

    const tables = leases.filter(({ kind }) => kind === 'table').map(({ table }) => table);
    expect(tables).toEqual(Object.keys(readDatasets()).sort());
    expect(leases.find(({ table }) => table === 'products')).toMatchObject({ lease: 'free', waiting: 0 });
    expect(leases.some(({ kind, table }) => kind === 'mart' && table === 'daily_revenue')).toBe(true);
  });
});
