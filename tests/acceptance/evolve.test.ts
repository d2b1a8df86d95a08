import { expect, it } from '@jest/globals';
import { drop, dropText, fileOf, query, type Row } from './cloud.ts';

interface Event extends Row {
  event_id: string;
}

const at = (second: number) => `2026-03-01T00:00:0${second}Z`;
const event = (id: string, second: number, more: Row = {}): Event => ({
  event_id: `E-${id}`,
  customer_id: 'C-000001',
  event_type: 'page_viewed',
  event_ts: at(0),
  sent_at: at(second),
  ...more,
});
const lines = (events: Event[]) => events.map((each) => `${JSON.stringify(each)}\n`).join('');
const columnsOf = async () => Object.keys((await query('select * from {silver}.events limit 1'))[0] ?? {});

it('makes columns of what the contract does not know, and keeps it as it was beside them', async () => {
  await dropText('events', 'before.jsonl', lines([event('old', 1)]));
  const fields =
    '"utmSource":"it\'s <b>","amount":1.10,"big":12345678901234567890,"seen":true,"a.b c":"path","tags":["a",1],' +
    '"page":{"url":"/","title":"\\u00e9"},"empty":"","nothing":null,"2nd":"x","qu\\"ote":"y","\\u540d\\u524d":"z","meta_x":"m"';
  const known = JSON.stringify(event('new', 1)).slice(0, -1);

  const dropped = await dropText('events', 'evolving.jsonl', `${known},${fields}}\n`);

  expect(dropped).toMatchObject({ outcome: 'done', counts: { in: 1, accepted: 1 } });
  const [row] = await query("select * from {silver}.events where event_id = 'E-new'");
  expect(row).toMatchObject({
    utm_source: "it's <b>",
    amount: '1.10',
    big: '12345678901234567890',
    seen: 'true',
    a_b_c: 'path',
    tags: '["a",1]',
    page: '{"url":"/","title":"é"}',
  });
  const none = ['empty', 'nothing', 'nd', '2nd', 'qu_ote', 'quote', 'meta_x'];
  expect((await columnsOf()).filter((name) => none.includes(name))).toEqual([]);
  expect(JSON.parse(row!.meta_rescued as string)).toMatchObject({ '2nd': 'x', 'qu"ote': 'y', 名前: 'z', meta_x: 'm' });
  const [old] = await query("select utm_source, amount, meta_rescued from {silver}.events where event_id = 'E-old'");
  expect(old).toEqual({ utm_source: null, amount: null, meta_rescued: null });
});

it('takes every spelling of a field into one column, from CSV as from JSON, also when both come at once', async () => {
  const csv = 'event_id,event_type,event_ts,sent_at,Coupon Code\n';
  const files = [
    fileOf('coupon.csv', `${csv}E-csv,bought,${at(0)},${at(1)},SPRING\n`),
    fileOf('coupon.jsonl', lines([event('json', 1, { couponCode: 'MAY' }), event('none', 1)])),
  ];

  const dropped = await drop('events', ...files);

  expect(dropped.map(({ counts }) => counts?.accepted)).toEqual([1, 2]);
  const sql =
    "select event_id, coupon_code from {silver}.events where event_id in ('E-csv', 'E-json', 'E-none') order by 1";
  expect(await query(sql)).toEqual([
    { event_id: 'E-csv', coupon_code: 'SPRING' },
    { event_id: 'E-json', coupon_code: 'MAY' },
    { event_id: 'E-none', coupon_code: null },
  ]);
});

it('ends in the same rows in whatever order the files come, with nothing left of an older version', async () => {
  // Each order has events and new columns of its own, so that each meets a table without them.
  const orders = ['012', '021', '102', '120', '201', '210'];
  const filesOf = (order: string) => {
    const of = (id: string, second: number, more: Row = {}) => event(`${order}-${id}`, second, more);
    const field = (name: string) => `${name}_${order}`;
    return [
      [
        of('a', 1, { [field('x')]: 'old' }),
        of('b', 3, { [field('x')]: 'newest' }),
        of('c', 1, { [field('x')]: 'only' }),
      ],
      [of('a', 2, { [field('y')]: 'newer' }), of('b', 2, { [field('y')]: 'older' })],
      [of('a', 3), of('b', 1, { [field('x')]: 'oldest', [field('y')]: 'oldest' })],
    ].map((events, n) => fileOf(`order-${order}-${n}.jsonl`, lines(events)));
  };
  const paths = Object.fromEntries(orders.map((order) => [order, filesOf(order)]));

  for (const place of [0, 1, 2]) {
    const dropped = await drop('events', ...orders.map((order) => paths[order]![Number(order[place])]!));
    expect(dropped.map(({ outcome }) => outcome)).toEqual(orders.map(() => 'done'));
  }

  for (const order of orders) {
    const rows = await query(
      `select event_id, sent_at, x_${order} as x, y_${order} as y, meta_rescued from {silver}.events
       where event_id like 'E-${order}-%' order by 1`,
    );
    expect(rows.map(({ event_id, x, y, meta_rescued }) => [event_id, x, y, meta_rescued])).toEqual([
      [`E-${order}-a`, null, null, null],
      [`E-${order}-b`, 'newest', null, `{"x_${order}":"newest"}`],
      [`E-${order}-c`, 'only', null, `{"x_${order}":"only"}`],
    ]);
  }
});
