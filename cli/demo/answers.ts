import type { ResultPage } from '../../aws/query.ts';
import type { Session } from '../context.ts';
import { type RejectedRow, readRejectedRows } from '../quarantine/rows.ts';
import { allRows, runQuery } from '../query/run-query.ts';

/** What the demo asks the lake when the files are through. */
const QUESTIONS = [
  [
    'Daily revenue',
    'select order_date, orders, customers, units, revenue from daily_revenue order by order_date desc limit 7',
  ],
  ['Top products', 'select place, product_id, name, category, units, revenue from top_products order by place limit 5'],
  [
    'Customer lifetime value',
    'select customer_id, region, plan, orders, lifetime_value, last_order_date from customer_lifetime_value order by lifetime_value desc, customer_id limit 5',
  ],
  ['Region performance', 'select region, customers, orders, revenue from region_performance order by revenue desc'],
] as const;

export interface Answer extends ResultPage {
  title: string;
}

export async function askGold(session: Session): Promise<Answer[]> {
  return Promise.all(
    QUESTIONS.map(async ([title, sql]) => ({ title, ...(await allRows(await runQuery(session, sql))) })),
  );
}

/** A few rejected rows of each dataset, and how many there are. */
export async function askQuarantine(
  session: Session,
  datasets: string[],
  limit: number,
): Promise<{ rows: RejectedRow[]; total: number }> {
  const each = await Promise.all(datasets.map((dataset) => readRejectedRows(session, dataset, { limit })));
  return { rows: each.flatMap(({ rows }) => rows), total: each.reduce((sum, { total }) => sum + total, 0) };
}
