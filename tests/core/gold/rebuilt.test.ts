import { describe, expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../../aws/project-files.ts';
import { RetryableError } from '../../../core/errors.ts';
import { parseMarts } from '../../../core/gold/mart.ts';
import { type GoldPorts, refreshMarts } from '../../../core/gold/refresh.ts';
import type { MartItem } from '../../../core/ledger/items.ts';
import { getTable } from '../../../core/ledger/table.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';

const files = readSqlFiles();
const datasets = readDatasets();
const revenue = parseMarts(files, datasets).filter(({ name }) => name === 'daily_revenue');
const columns = ['order_date', 'orders', 'customers', 'units', 'revenue'];

/** A mart of one table, which is `there`; `gone` are snapshots that the silver table does not have. */
function gold(gone = new Set<string>()) {
  const store = memoryStore();
  const sent: string[] = [];
  const ports: GoldPorts = {
    ledger: store,
    clock: handClock(),
    athena: {
      start: async (sql) => String(sent.push(sql)),
      async get(id) {
        const missing = [...gone].find((snapshot) => sent[Number(id) - 1]!.includes(`for version as of ${snapshot}`));
        if (missing === undefined) return { state: 'succeeded', bytesScanned: 1 };
        const reason = `INVALID_ARGUMENTS: Iceberg snapshot ID does not exists: ${missing}`;
        return { state: 'failed', reason, retryable: false, bytesScanned: 0 };
      },
      rows: async () => [['2026-03-01']],
      columns: async () => columns.map((name) => ({ name, type: 'varchar' })),
    },
    files,
    databases: { staging: 'st', silver: 'si', gold: 'go', ops: 'op' },
    bucket: 'lake',
    datasets,
    marts: revenue,
    pollMilliseconds: 0,
    catalog: {
      exists: async () => true,
      columns: async () => columns.map((name) => ({ name, type: name === 'order_date' ? 'date' : 'string' })),
      currentSnapshot: async () => '1',
      ensureStagingTable: async () => undefined,
      registerQuarantine: async () => undefined,
    },
  };
  const commit = async (n: number, rebuilt = false) => {
    const committed = { snapshot_id: String(n), batch_seq: n };
    const more = rebuilt ? { rebuilt_seq: n } : {};
    await store.write([{ ...(await getTable(store, 'orders')), committed, ...more }] as never);
  };
  const item = async () => (await store.get<MartItem>('mart#daily_revenue', 'state'))!;
  const merges = () => sent.filter((sql) => sql.replace(/^(--.*\n)+/, '').startsWith('merge'));
  return { ports, store, sent, commit, item, merges };
}

describe('a mart of a table that another was put in the place of', () => {
  it('is built whole, without a look at what it was built from, and then in parts again', async () => {
    const { ports, commit, merges, sent, item } = gold();
    await commit(4);
    await refreshMarts(ports, 'orders', 'run1');
    await commit(6, true);
    const before = sent.length;

    await refreshMarts(ports, 'orders', 'replay1');
    await commit(7);
    await refreshMarts(ports, 'orders', 'run2');

    const texts = sent.slice(before);
    expect(texts.some((sql) => sql.includes('for version as of 4'))).toBe(false);
    expect(merges().map((sql) => sql.includes("in (date '2026-03-01')"))).toEqual([false, false, true]);
    expect((await item()).sources.orders).toMatchObject({ batch_seq: 7, rebuilt_seq: 6 });
  });

  it('is planned anew when the snapshot that was to be read is gone', async () => {
    const gone = new Set<string>();
    const { ports, commit, item } = gold(gone);
    await commit(4);
    gone.add('4');

    const refreshed = refreshMarts(ports, 'orders', 'run1');

    await expect(refreshed).rejects.toThrow(RetryableError);
    await commit(6, true);
    await refreshMarts(ports, 'orders', 'run1');
    expect((await item()).sources.orders!.batch_seq).toBe(6);
  });
});
