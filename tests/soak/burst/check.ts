import { expect } from '@jest/globals';
import { describeBurst, drop, filesAMerge, outcome } from '../../../bench/burst/burst.ts';
import { orderFiles } from '../../../bench/burst/files.ts';
import { runsSince } from '../../../bench/burst/outcome.ts';
import { ledger, query, stack } from '../../acceptance/cloud.ts';

/**
 * Drops this many files of 20 orders at once: all are done, in MERGEs of at least `least` files on average, and silver
 * and gold hold each order once. Prints what it took.
 */
export async function checkBurst(count: number, least: number, day: string): Promise<void> {
  const cloud = await stack();
  const store = await ledger();
  const files = burstFiles(count, day);

  const dropped = await drop(cloud, store, files);
  const burst = await outcome(store, dropped, 600);

  console.log(describeBurst(burst, await runsSince(cloud.ingestStateMachine, dropped.since)));
  expect(burst.files.filter(({ status }) => status !== 'done')).toEqual([]);
  expect(filesAMerge(burst)).toBeGreaterThanOrEqual(least);
  await checkOrders(files, day);
}

/** Files of orders of the ten days before a day, by a code made of that day. */
export const burstFiles = (count: number, day: string) => orderFiles(count, 20, codeOf(day), day);

const codeOf = (day: string) => `B${day.replaceAll('-', '')}`;

/** Nothing is lost, nothing is there twice: silver and gold hold what the texts of the files add up to. */
export async function checkOrders(texts: { text: string }[], day: string): Promise<void> {
  const lines = texts.flatMap(({ text }) => text.trimEnd().split('\n').slice(1));
  const cents = lines.map((line) => Number(line.split(',')[3]) * Math.round(Number(line.split(',')[4]) * 100));
  const sums = {
    orders: String(lines.length),
    revenue: (cents.reduce((sum, value) => sum + value, 0) / 100).toFixed(2),
  };
  const select = 'select cast(count(*) as varchar) as orders, sum(quantity * unit_price) as revenue';
  expect(await query(`${select} from {silver}.orders where order_id like 'O-${codeOf(day)}-%'`)).toEqual([sums]);
  const days = `order_date > date '${day}' - interval '11' day and order_date < date '${day}'`;
  const gold = 'select cast(sum(orders) as varchar) as orders, sum(revenue) as revenue from {gold}.daily_revenue';
  expect(await query(`${gold} where ${days}`)).toEqual([sums]);
}
