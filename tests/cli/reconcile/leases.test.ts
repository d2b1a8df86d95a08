import { describe, expect, it } from '@jest/globals';
import { type Holder, martLease, tableLease } from '../../../cli/reconcile/leases.ts';
import { leaseJson, leaseRows } from '../../../cli/reconcile/render-leases.ts';
import type { BatchItem, MartItem, TableItem } from '../../../core/ledger/items.ts';
import type { Stored } from '../../../core/ledger/store.ts';
import { batchKey } from '../../../core/ledger/table.ts';
import { memoryStore } from '../../core/incident/memory-store.ts';

const now = new Date('2026-03-01T10:15:00.000Z');
const holderOf = async (run: string): Promise<Holder> => ({ run, status: 'RUNNING', key: 'landing/orders/2026/a.csv' });

function given(...items: Partial<TableItem | BatchItem | MartItem>[]) {
  const ledger = memoryStore();
  for (const item of items) ledger.items.set(`${item.pk}\n${item.sk}`, { rev: 1, ...item } as Stored);
  return ledger;
}

const table = (over: Partial<TableItem>): Partial<TableItem> => ({
  ...{ pk: 'table#orders', sk: 'lease', staged_seq: 12, planned_seq: 9, batch_seq: 4, token: 7, led: 1 },
  ...over,
});

describe('the lease of a table', () => {
  it('tells who leads, for which file, until when, the batch under way and what waits', async () => {
    const batch: Partial<BatchItem> = {
      ...{ pk: 'table#orders', sk: batchKey(9), batch_seq: 4, file_ids: ['a', 'b'], status: 'submitted' },
      ...{ attempt: 2, query_id: 'q-1' },
    };
    const held = table({ owner: 'arn:x:leader', expires_at: '2026-03-01T10:19:00.000Z', open_batch: 9, split: [11] });

    const lease = await tableLease(given(held, batch), 'orders', now, holderOf);

    expect(leaseRows(lease, now)).toEqual([
      ...['orders', 'held', 'leader', '2026/a.csv', 'in 4 min 0 s', 7],
      ...['4: 2 files, submitted, attempt 2, q-1, 1 more of a split batch', 3, ''],
    ]);
    expect(leaseJson(lease)).toMatchObject({
      table: 'orders',
      lease: 'held',
      run: 'arn:x:leader',
      token: 7,
      waiting: 3,
      query_id: 'q-1',
    });
  });

  it('is free when nobody holds it, and when nothing was ever staged', async () => {
    const [free, unknown] = await Promise.all(
      [given(table({})), given()].map((ledger) => tableLease(ledger, 'orders', now, holderOf)),
    );

    expect([free!.state, free!.waiting, unknown!.state, unknown!.waiting]).toEqual(['free', 3, 'free', 0]);
  });

  it('is shown as expired with what became of its holder', async () => {
    const ledger = given(table({ owner: 'arn:x:dead', expires_at: '2026-03-01T10:14:30.000Z' }));

    const lease = await tableLease(ledger, 'orders', now, async (run) => ({ run, status: 'GONE' }));

    expect(leaseRows(lease, now).slice(1, 5)).toEqual(['expired', 'dead (gone)', '', '30.0 s ago']);
  });

  it('tells which operation has the next turn, unless it has stopped asking', async () => {
    const turn = (expires_at: string) => table({ turn: { run: 'arn:x:undo-1', expires_at } });

    const leases = await Promise.all(
      ['2026-03-01T10:16:00.000Z', '2026-03-01T10:14:00.000Z'].map((time) =>
        tableLease(given(turn(time)), 'orders', now, holderOf),
      ),
    );

    expect(leases.map((lease) => leaseRows(lease, now).at(-1))).toEqual(['undo-1', '']);
  });
});

describe('the lease of a mart', () => {
  it.each([
    ['MERGE', { pending: { query_id: 'q-9', client_token: '', sql: '', sources: {}, definition: '', key: [] } }],
    ['question what has changed', { asked: { query_id: 'q-9', at: '', sources: {} } }],
  ])('tells who refreshes it and the %s under way', async (_, query) => {
    const mart: Partial<MartItem> = {
      ...{
        pk: 'mart#daily_revenue',
        sk: 'state',
        owner: 'arn:x:leader',
        expires_at: '2026-03-01T10:19:00.000Z',
        ...query,
      },
    };

    const lease = await martLease(given(mart), 'daily_revenue', now, holderOf);

    expect(leaseRows(lease, now)).toEqual([
      ...['daily_revenue (gold)', 'held', 'leader', '2026/a.csv', 'in 4 min 0 s', '', 'q-9', '', ''],
    ]);
  });
});
