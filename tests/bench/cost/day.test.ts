import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { nothing } from '../../../bench/cost/counts.ts';
import { day, type Measured, needs, scansOfTable, table, timesADay } from '../../../bench/cost/day.ts';
import { examples } from '../../../bench/cost/examples.ts';
import { bill, total } from '../../../bench/cost/prices.ts';
import { countQueries } from '../../../bench/cost/queries.ts';
import { countRequest } from '../../../bench/cost/requests.ts';

const measured: Measured = {
  at: '2026-01-01',
  rows: { small: 100, large: 1_100 },
  alone: { ...nothing, transitions: 40, queries: 2 },
  aloneLater: { ...nothing, transitions: 40, queries: 2, scannedBytes: 500 },
  tableBytes: { before: 1_000, after: 2_000 },
  large: { ...nothing, transitions: 40, queries: 2, gbSeconds: 10 },
  together: { ...nothing, transitions: 10, queries: 0.1 },
  filesAMerge: 20,
  reconcile: { ...nothing, invocations: 1 },
  sweep: nothing,
  drift: nothing,
  maintain: nothing,
  standing: { metrics: 100, alarms: 0, dashboards: 0 },
  storedBytesAByte: 3,
  bytesARow: 100,
};
const volume = { files: 1_000, rows: 100, tableGb: 0, together: false };

describe('the cost of a day', () => {
  it('is what is counted of a file, times the files', () => {
    const cost = day(measured, volume);

    expect(cost['Step Functions']).toBeCloseTo(1_000 * 40 * 0.000025, 9);
    expect(cost.Athena).toBeCloseTo(1_000 * 2 * 10 * 2 ** 20 * (5 / 2 ** 40), 9);
    expect(cost['Metrics and alarms']).toBeCloseTo(1, 9);
    expect(cost.Lambda).toBeCloseTo((24 * 0.2) / 1e6, 9);
  });

  it('grows with the rows by what the large file needed more', () => {
    const less = day(measured, volume).Lambda!;

    const more = day(measured, { ...volume, rows: 600 }).Lambda!;

    expect(more - less).toBeCloseTo(1_000 * 500 * (10 / 1_000) * 0.0000133334, 9);
  });

  it('grows with the table by what a MERGE reads of it', () => {
    const less = day(measured, volume).Athena!;

    const more = day(measured, { ...volume, tableGb: 2 }).Athena!;

    expect(more - less).toBeCloseTo((1_000 * 0.5 * 2 * 5) / 1024, 9);
  });

  it('has no functions that wait for each other, as they do on one machine', () => {
    const busy = { ...measured, together: { ...measured.together, gbSeconds: 99 } };

    expect(day(busy, { ...volume, together: true }).Lambda).toBe(day(measured, { ...volume, together: true }).Lambda);
  });

  it('falls when files share a MERGE', () => {
    const alone = day(measured, { ...volume, tableGb: 2 });

    const together = day(measured, { ...volume, tableGb: 2, together: true });

    expect(together['Step Functions']).toBeCloseTo(alone['Step Functions']! / 4, 9);
    expect(together.Athena).toBeCloseTo(alone.Athena! / 20, 9);
  });
});

describe('what is scheduled', () => {
  const { params } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'silent' });
  const functions: Record<string, { events?: { schedule?: { rate: [string] } }[] }> = parse(
    readFileSync('resources/functions.yml', 'utf8'),
    { logLevel: 'silent' },
  );
  const rateOf = (name: string): string => {
    const [rate] = functions[name]!.events!.find(({ schedule }) => schedule)!.schedule!.rate;
    const [, param] = /^\$\{param:(\w+)\}$/.exec(rate) ?? [];
    return param === undefined ? rate : params.default[param];
  };
  const timesOf = (rate: string): number => {
    // A cron of one minute of one hour of every day; any other would have to be counted.
    if (/^cron\(\d+ \d+ \* \* \? \*\)$/.test(rate)) return 1;
    const [, count, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(rate)!;
    return (24 * (unit === 'hour' ? 1 : 60)) / Number(count);
  };

  it('is in the cost of a day as often as it runs, but for the synthetic orders', () => {
    const names = { 'reconcile-landing': 'reconcile', 'sweep-incidents': 'sweep', 'check-drift': 'drift' } as const;
    const scheduled = Object.keys(functions).filter((name) =>
      functions[name]!.events?.some(({ schedule }) => schedule !== undefined),
    );

    expect(scheduled.sort()).toEqual([...Object.keys(names), 'generate-orders'].sort());
    for (const [name, called] of Object.entries(names)) expect(timesADay[called]).toBe(timesOf(rateOf(name)));
    expect(timesADay.maintain).toBe(timesOf(params.default.maintainSchedule));
  });

  it.each(Object.entries(timesADay))('adds each run of %s to the bill, %d times', (name, often) => {
    const idle = { ...measured, reconcile: nothing };
    const volume = { files: 0, rows: 0, tableGb: 0, together: false };

    const cost = total(day({ ...idle, [name]: { ...nothing, queries: 7 } }, volume)) - total(day(idle, volume));

    expect(cost).toBeCloseTo(often * total(bill({ ...nothing, queries: 7 })), 9);
  });
});

describe('queries', () => {
  const query = (Query: string, DataScannedInBytes: number, State: 'SUCCEEDED' | 'FAILED' = 'SUCCEEDED') => ({
    ...{ Query, Statistics: { DataScannedInBytes }, Status: { State } },
  });

  it('are counted with what they scanned, but for definitions and failures, which are free', () => {
    const counted = countQueries([
      query('select 1', 0),
      query('\nmerge into silver.orders using (select 1) on true when matched then delete', 500),
      query('with a as (select 1) select * from a', 20),
      query("optimize silver.orders rewrite data using bin_pack where day = date '2026-01-01'", 3),
      query("create table gold.x\nwith (format = 'PARQUET')\nas with a as (select 1) select * from a", 4),
    ]);
    const free = countQueries([
      query('create table silver.orders (as_of date) location x', 1_000),
      query('  ALTER TABLE silver.orders ADD COLUMNS (a string)', 1_000),
      query('drop view gold.x', 1_000),
      query('create or replace view gold.x as select 1', 1_000),
      query('select broken', 1_000, 'FAILED'),
    ]);

    expect(counted).toEqual({ queries: 5, scannedBytes: 527 });
    expect(free).toEqual({ queries: 0, scannedBytes: 0 });
    expect(countQueries([{}])).toEqual({ queries: 1, scannedBytes: 0 });
  });
});

describe('a bill', () => {
  it('is nothing for nothing', () => {
    expect(total(bill(nothing))).toBe(0);
  });

  it.each(Object.keys(nothing))('has a price for %s', (name) => {
    expect(total(bill({ ...nothing, [name]: 1 }))).toBeGreaterThan(0);
  });
});

describe('a request', () => {
  const request = { service: 's3', method: 'GET', path: '/b/k', target: '', body: '' };
  const ledger = (target: string, body: unknown) => ({
    ...request,
    service: 'dynamodb',
    target: `DynamoDB_20120810.${target}`,
    body: JSON.stringify(body),
  });
  it.each([
    ['a GET', request, { s3Reads: 1 }],
    ['a HEAD', { ...request, method: 'HEAD' }, { s3Reads: 1 }],
    ['a PUT', { ...request, method: 'PUT' }, { s3Writes: 1 }],
    ['a listing', { ...request, path: '/b?list-type=2&prefix=x' }, { s3Writes: 1 }],
    ['a DELETE, which is free', { ...request, method: 'DELETE' }, {}],
    ["one of Glue's", { ...request, service: 'glue' }, { glueRequests: 1 }],
    ['a read that may be late', ledger('GetItem', {}), { readUnits: 0.5 }],
    ['a read that may not', ledger('GetItem', { ConsistentRead: true }), { readUnits: 1 }],
    ['a small write', ledger('PutItem', { Item: {} }), { writeUnits: 1 }],
    ['a write that the index has too', ledger('PutItem', { Item: { gsi1pk: {} } }), { writeUnits: 2 }],
    ['a write of over 1 KB', ledger('PutItem', { Item: { a: 'x'.repeat(1500) } }), { writeUnits: 2 }],
    [
      'a transaction',
      ledger('TransactWriteItems', { TransactItems: [{ Put: {} }, { Update: {} }] }),
      { writeUnits: 4 },
    ],
    ['several reads', ledger('BatchGetItem', { RequestItems: { t: { Keys: [1, 2, 3] } } }), { readUnits: 1.5 }],
  ])('that is %s is billed as such', (_, made, counted) => {
    expect(countRequest(made)).toEqual(counted);
  });

  it('that nobody has a price for is an error', () => {
    expect(() => countRequest(ledger('Scan', {}))).toThrow('Scan');
  });
});

describe('docs/guide/cost.md', () => {
  it('has the figures that are computed from what was measured', () => {
    const counted = JSON.parse(readFileSync('bench/cost/measured.json', 'utf8')) as Measured;

    const guide = readFileSync('docs/guide/cost.md', 'utf8');

    expect(guide).toContain(needs(counted));
    expect(guide).toContain(table(counted, examples));
    expect(guide).toContain(`${scansOfTable(counted).toFixed(1)} times`);
    expect(guide).toContain(counted.at);
  });
});
