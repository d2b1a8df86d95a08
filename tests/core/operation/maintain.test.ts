import { describe, expect, it } from '@jest/globals';
import { parseMarts } from '../../../core/gold/mart.ts';
import type { MartItem, TableItem } from '../../../core/ledger/items.ts';
import type { Stored } from '../../../core/ledger/store.ts';
import { getTable, lead as takeLease } from '../../../core/ledger/table.ts';
import type { MaintainPorts } from '../../../core/operation/maintain.ts';
import { maintainTables } from '../../../core/operation/maintain.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import { releaseLeaseOf } from '../../../core/pipeline/wake.ts';
import type { QueryStatus } from '../../../core/ports.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';
import { fakeAthena, fileRef, land, lead, orders, world } from '../pipeline/world.ts';

const more = 'ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED: more runs are needed';

/** Merged orders, a mart that is up to date with them, and an Athena whose statements of maintenance end as scripted. */
async function lake(ends: Record<string, string[]> = {}) {
  const store = memoryStore();
  const clock = handClock();
  const ports = world(fakeAthena(), store, clock);
  await land(ports, 1, 'run1');
  await lead(ports, 1, 'run1');
  const { committed } = await getTable(store, 'orders');
  const mart: MartItem = {
    pk: 'mart#daily_revenue',
    sk: 'state',
    rev: 0,
    sources: { orders: committed! },
    definition: 'd',
    refreshed_at: '',
  };
  await store.write([mart]);
  const ran: string[] = [];
  const statuses = new Map<string, QueryStatus>();
  const maintain: MaintainPorts = {
    ...ports,
    datasets: { orders },
    marts: parseMarts(ports.files, { orders }).filter(({ name }) => name === 'daily_revenue'),
    athena: {
      ...ports.athena,
      async start(sql, token) {
        if (statuses.has(token)) return token;
        const statement = sql.replaceAll('\n', ' ').trim();
        ran.push(statement);
        const reason = ends[statement]?.shift();
        statuses.set(
          token,
          reason === undefined
            ? { state: 'succeeded', bytesScanned: 1 }
            : { state: 'failed', reason, retryable: false, bytesScanned: 0 },
        );
        return token;
      },
      get: async (id) => statuses.get(id)!,
    },
  };
  return { store, clock, ports, maintain, ran };
}

const optimize = (table: string) => `optimize ${table} rewrite data using bin_pack`;

describe('maintenance', () => {
  it('compacts and vacuums each table, and gives every lease back', async () => {
    const { store, maintain, ran } = await lake();

    const result = await maintainTables(maintain, undefined, 'arn:night');

    expect(result).toMatchObject({ outcome: 'done', tables: [{ outcome: 'maintained' }, { outcome: 'maintained' }] });
    expect(ran).toEqual([
      optimize('silver.orders'),
      'vacuum silver.orders',
      optimize('gold.daily_revenue'),
      'vacuum gold.daily_revenue',
    ]);
    const leases = [...store.items.values()].filter(({ sk }) => sk === 'lease' || sk === 'state') as TableItem[];
    expect(leases.map(({ owner }) => owner).filter(Boolean)).toEqual([]);
  });

  it('has the ledger and the marts follow to the new snapshot, which holds the same rows', async () => {
    const { store, maintain } = await lake();
    const before = (await getTable(store, 'orders')).committed!;

    await maintainTables(maintain, ['silver.orders'], 'arn:night');

    const after = (await getTable(store, 'orders')).committed!;
    expect(Number(after.snapshot_id)).toBeGreaterThan(Number(before.snapshot_id));
    expect(after.batch_seq).toBe(before.batch_seq);
    const mart = await store.get<MartItem>('mart#daily_revenue', 'state');
    expect(mart?.sources.orders).toMatchObject({ snapshot_id: after.snapshot_id, batch_seq: before.batch_seq });
  });

  it('goes on in another round when Athena has done a part, and lets merges in between', async () => {
    const { store, ports, maintain, ran } = await lake({ [optimize('silver.orders')]: [more, more] });
    const merged: string[] = [];
    const start = maintain.athena.start;
    maintain.athena.start = async (sql, token) => {
      const id = await start(sql, token);
      // Between the end of one round and the beginning of the next nobody holds the table.
      merged.push((await getTable(store, 'orders')).owner ?? 'nobody');
      return id;
    };
    await land(ports, 2, 'run2');

    await maintainTables(maintain, ['silver.orders'], 'arn:night');

    expect(ran).toEqual([...Array(3).fill(optimize('silver.orders')), 'vacuum silver.orders']);
    expect(new Set(merged)).toEqual(new Set(['arn:night']));
    expect((await getTable(store, 'orders')).token).toBeGreaterThan(4);
  });

  it('waits for a merge that is under way, and leaves the table when that lasts', async () => {
    const { store, clock, maintain, ran } = await lake();
    await takeLease(store, clock, 'orders', 'run9');

    expect(await maintainTables(maintain, ['silver.orders'], 'arn:night')).toMatchObject({ outcome: 'waiting' });
    for (let minute = 0; minute < 31; minute++) {
      clock.advance(60);
      await takeLease(store, clock, 'orders', 'run9');
    }

    expect(await maintainTables(maintain, ['silver.orders'], 'arn:night')).toEqual({
      outcome: 'done',
      tables: [{ table: 'silver.orders', outcome: 'busy' }],
    });
    expect(ran).toEqual([]);
    expect((await getTable(store, 'orders')).turn).toBeUndefined();
  });

  it('has marts look for what a failed batch has left in the table, instead of following over it', async () => {
    const { store, maintain } = await lake();
    const before = await getTable(store, 'orders');
    // A wide file, of which one range was merged and the next was not.
    await store.write([{ ...before, batch_seq: 2 } as TableItem]);

    await maintainTables(maintain, ['silver.orders'], 'arn:night');

    const { committed } = await getTable(store, 'orders');
    expect(committed!.snapshot_id).not.toBe(before.committed!.snapshot_id);
    expect(committed!.batch_seq).toBe(2);
    const mart = await store.get<MartItem>('mart#daily_revenue', 'state');
    expect(mart!.sources.orders).toEqual(before.committed);
  });

  it('wakes a batch that is in its way and that nobody leads', async () => {
    const { store, clock, ports, maintain } = await lake();
    await land(ports, 2, 'run2');
    await mergeRows(ports, orders, fileRef(2), 'run2');
    await releaseLeaseOf(ports, [], 'orders', 'run2', false);

    const waiting = await maintainTables(maintain, ['silver.orders'], 'arn:night');

    expect(waiting.outcome).toBe('waiting');
    expect(ports.started).toHaveLength(1);
    expect((await getTable(store, 'orders')).turn).toMatchObject({ run: 'arn:night' });
    await lead(ports, 2, 'run3');
    clock.advance(10);
    expect((await maintainTables(maintain, ['silver.orders'], 'arn:night')).outcome).toBe('done');
  });

  it('does the other tables when one fails, and fails at the end with its reason; again, it tries just that one', async () => {
    const reason = 'PERMISSION_DENIED: Access Denied';
    const { maintain, ran } = await lake({ [optimize('silver.orders')]: [reason] });

    await expect(maintainTables(maintain, undefined, 'arn:night')).rejects.toThrow(
      /silver\.orders: .*PERMISSION_DENIED/,
    );
    const soFar = ran.length;
    const result = await maintainTables(maintain, undefined, 'arn:night');

    expect(ran.slice(0, soFar)).toContain('vacuum gold.daily_revenue');
    expect(ran.slice(soFar)).toEqual([optimize('silver.orders'), 'vacuum silver.orders']);
    expect(result.tables).toHaveLength(2);
  });

  it('refuses a table that there is none of, naming those that there are', async () => {
    const { maintain } = await lake();

    await expect(maintainTables(maintain, ['silver.ordres'], 'arn:night')).rejects.toThrow(
      'there is no table silver.ordres to maintain; there are: silver.orders, gold.daily_revenue',
    );
  });

  it.each(['before', 'after'])('ends the same wherever it is killed: %s a write', async (when) => {
    for (let n = 1; n <= 24; n++) {
      const { store, maintain, ran } = await lake();
      let left = n;
      const write = async (items: Stored[], gone?: Stored[]) => {
        if (--left === 0 && when === 'before') throw new Error('killed');
        await store.write(items, gone);
        if (left === 0) throw new Error('killed');
      };
      await maintainTables({ ...maintain, ledger: { ...store, write } }, undefined, 'arn:night').catch(() => undefined);

      const result = await maintainTables(maintain, undefined, 'arn:night');

      expect(result.outcome).toBe('done');
      expect(new Set(ran).size).toBe(4);
      expect(ran.length).toBe(4);
      expect((await getTable(store, 'orders')).owner).toBeUndefined();
    }
  });
});
