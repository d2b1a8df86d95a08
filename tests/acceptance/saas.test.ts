import { describe, expect, it } from '@jest/globals';
import type { Row } from './cloud.ts';
import {
  ask,
  dayAfter,
  dice,
  dropAll,
  fromCents,
  groupBy,
  instant,
  jsonLines,
  latest,
  query,
  scannedBytes,
  sum,
  toCents,
} from './systems.ts';

interface Event extends Row {
  event_id: string;
  customer_id?: string;
  plan?: string;
  event_type: string;
  amount?: number;
  event_ts: string;
  sent_at: string;
}

const first = '2031-03-01';
const days = 12;
const roll = dice(31);
const plans = ['free', 'pro', 'enterprise'];
const types = ['page_viewed', 'login', 'export', 'purchase'];
const listPrice: Record<string, number> = { pro: 2900, enterprise: 29900 };

/** An event; one in ten is from before a sign-up, of purchases every third has no amount. */
function event(n: number, day: string): Event {
  const customer = roll(40);
  const known = roll(10) > 0 && { customer_id: `C-71${String(customer).padStart(4, '0')}`, plan: plans[customer % 3]! };
  const event_type = types[roll(4)]!;
  const paid = event_type === 'purchase' && roll(3) > 0 && { amount: roll(10_000) / 100 };
  const event_ts = instant(day, roll(24));
  return { event_id: `E-saas-${n}`, ...known, event_type, ...paid, event_ts, sent_at: instant(day, 25) };
}

/** Key figures by plan of these events, by hand. */
function figures(events: Event[]) {
  const ofPlan = (plan: string, group: Event[]) => {
    const purchases = group.filter(({ event_type }) => event_type === 'purchase');
    const customers = (list: Event[]) => new Set(list.flatMap(({ customer_id }) => customer_id ?? [])).size;
    const [active, bought] = [customers(group), customers(purchases)];
    const cents = purchases.map(({ amount }) => (amount == null ? (listPrice[plan] ?? 0) : toCents(amount)));
    return {
      plan,
      total_events: group.length,
      total_purchases: purchases.length,
      customers: active,
      customers_purchased: bought,
      conversion_rate: active === 0 ? null : (Math.round((10_000 * bought) / active) / 10_000).toFixed(4),
      estimated_revenue: fromCents(sum(cents)),
    };
  };
  const byPlan = groupBy(events, ({ plan }) => plan ?? 'unknown');
  return [...byPlan].map(([plan, group]) => ofPlan(plan, group)).sort((a, b) => (a.plan < b.plan ? -1 : 1));
}

const sorted = (rows: Row[]) => rows.sort((a, b) => (String(a.plan) < String(b.plan) ? -1 : 1));
const conversion = async (from: string, to: string) =>
  sorted(await ask('plan-conversion', `first:date=${from}`, `last:date=${to}`));

describe('events of a product', () => {
  const dropped = Array.from({ length: days * 60 }, (_, n) => event(n, dayAfter(first, n % days)));
  const tomorrow = Array.from({ length: 60 }, (_, n) => ({
    ...event(10_000 + n, dayAfter(first, days)),
    ...(n % 2 === 0 && { experimentArm: n % 4 === 0 ? 'a' : 'b' }),
  }));
  // Sent again: other amounts, and some on another day.
  const again = dropped.slice(0, 30).map((old, n) => ({
    ...old,
    event_type: 'purchase',
    amount: n,
    ...(n % 2 === 0 && { event_ts: instant(first, 30) }),
    sent_at: instant(first, 900),
  }));
  const current = latest(
    [...dropped, ...tomorrow, ...again] as Event[],
    ({ event_id }) => event_id,
    ({ sent_at }) => sent_at,
  );
  let before: string;

  it('are counted by plan, with the customers who bought and what that was worth', async () => {
    const half = dropped.length / 2;
    await dropAll({
      events: { 'saas-1.jsonl': jsonLines(dropped.slice(0, half)), 'saas-2.jsonl': jsonLines(dropped.slice(half)) },
    });

    const counted = await conversion(first, dayAfter(first, days));

    expect(counted).toEqual(figures(dropped));
    const [snapshot] = await query(
      'select cast(max_by(snapshot_id, committed_at) as varchar) as id from {silver}."events$snapshots"',
    );
    before = String(snapshot!.id);
  });

  it('gain a column when a file brings a new property, and have no value of it before', async () => {
    await dropAll({
      events: { 'saas-3.jsonl': jsonLines(tomorrow), 'saas-4.jsonl': jsonLines(again) },
    });

    const arms = await query(
      `select experiment_arm as arm, count(*) as events, count_if(event_ts < timestamp '${dayAfter(first, days)} 00:00:00') as old
       from {silver}.events where event_id like 'E-saas-%' group by experiment_arm order by 1`,
    );

    expect(arms).toEqual([
      { arm: 'a', events: 15, old: 0 },
      { arm: 'b', events: 15, old: 0 },
      { arm: null, events: dropped.length + 30, old: dropped.length },
    ]);
    expect(await conversion(first, dayAfter(first, days))).toEqual(figures(current));
    expect(await conversion(dayAfter(first, 1), dayAfter(first, 2))).toEqual(
      figures(current.filter(({ event_ts }) => event_ts >= dayAfter(first, 1) && event_ts < dayAfter(first, 3))),
    );
  });

  it('can be read as they were before that file', async () => {
    const then = await query(
      `select * from {silver}.events for version as of ${before} where event_id like 'E-saas-%'`,
    );

    expect(then).toHaveLength(dropped.length);
    expect(Object.keys(then[0]!)).not.toContain('experiment_arm');
    const amounts = (rows: Row[]) =>
      rows.map(({ event_id, amount }) => `${event_id} ${amount == null ? '' : toCents(amount)}`);
    expect(amounts(then).sort()).toEqual(amounts(dropped).sort());
  });

  it('cost the bytes of their day where a day is asked for', async () => {
    const text = (where: string) => `select count(distinct customer_id), sum(amount) from {silver}.events ${where}`;

    const day = await scannedBytes(text(`where cast(event_ts as date) = date '${dayAfter(first, 3)}'`));
    const all = await scannedBytes(text(''));

    expect(day).toBeGreaterThan(0);
    expect(day).toBeLessThan(all / 4);
    const asked = await ask('events-of-a-day', `day:date=${dayAfter(first, 3)}`);
    const expected = current.filter(({ event_ts }) => event_ts.startsWith(dayAfter(first, 3)));
    expect(sum(asked.map(({ events }) => Number(events)))).toBe(expected.length);
  });

  it('have the same key figures in gold, over all days and everything else that is in the lake', async () => {
    const all = (await query(
      'select event_id, customer_id, plan, event_type, amount from {silver}.events where not meta_deleted',
    )) as Event[];
    const missing = (events: Event[]) =>
      events.map((row) => ({ ...row, plan: row.plan ?? undefined, customer_id: row.customer_id ?? undefined }));

    const kpi = sorted(await query('select * from {gold}.kpi_by_plan'));
    const [daily] = await query(
      `select sum(events) as events, sum(purchases) as purchases, cast(sum(estimated_revenue) as varchar) as revenue
       from {gold}.daily_plan_activity where event_date >= date '${first}' and event_date <= date '${dayAfter(first, days)}'`,
    );

    expect(kpi).toEqual(figures(missing(all)));
    const mine = figures(current);
    expect(daily).toEqual({
      events: sum(mine.map((row) => row.total_events)),
      purchases: sum(mine.map((row) => row.total_purchases)),
      revenue: fromCents(sum(mine.map((row) => toCents(row.estimated_revenue)))),
    });
  });
});
