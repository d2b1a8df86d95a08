import { describe, expect, it } from '@jest/globals';
import { readSqlFiles } from '../../../aws/project-files.ts';
import type { TableItem } from '../../../core/ledger/items.ts';
import { countOrphans, describeOrphans, type OrphanPorts, orphanRemarks } from '../../../core/silver/orphans.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';
import { fakeCatalog } from '../pipeline/world.ts';
import { dataset, duckSilver } from './duck-silver.ts';

const hosts = dataset('hosts', { host_id: 'string' }, { key: ['host_id'] });
const homes = dataset(
  'homes',
  { home_id: 'string', host_id: 'string', agent_id: 'string' },
  {
    key: ['home_id'],
    references: [
      { column: 'host_id', dataset: 'hosts', parentColumn: 'host_id', onOrphan: 'hold' },
      { column: 'agent_id', dataset: 'agents', parentColumn: 'agent_id', onOrphan: 'flag' },
    ],
  },
);
const agents = dataset('agents', { agent_id: 'string' }, { key: ['agent_id'] });

async function silver(committed: string[]) {
  const duck = await duckSilver([hosts, homes, agents]);
  const ledger = memoryStore();
  for (const name of committed) {
    const table = { pk: `table#${name}`, sk: 'lease', rev: 0, committed: { snapshot_id: '1', batch_seq: 1 } };
    await ledger.write([table as TableItem]);
  }
  const asked: string[] = [];
  const told: string[] = [];
  const stopped: string[] = [];
  const ports: OrphanPorts = {
    ledger,
    clock: handClock(),
    datasets: { hosts, homes, agents },
    athena: {
      start: async (sql) => String(asked.push(sql) - 1),
      get: async () => ({ state: 'succeeded', bytesScanned: 0 }),
      rows: async (id) => {
        const rows = await duck.rows(asked[Number(id)]!);
        return rows.map((row) => Object.values(row).map(String));
      },
      columns: async () => [],
    },
    catalog: fakeCatalog(),
    files: readSqlFiles(),
    databases: { staging: 'st', silver: 'si', gold: 'go', ops: 'op' },
    bucket: 'lake',
    orphansNotCounted: (name, error) => void told.push(`${name}: ${(error as Error).message}`),
    stopQuery: async (id) => void stopped.push(id),
  };
  return { duck, ports, asked, told, stopped };
}

const home = (n: number, host_id: string | null, agent_id: string | null) => ({ home_id: `M-${n}`, host_id, agent_id });

describe('countOrphans', () => {
  it('counts, of each file of the batch, rows without a parent; of a parent table that is not there yet, all', async () => {
    const { duck, ports } = await silver(['homes', 'hosts']);
    await duck.merge('hosts', [{ id: 'h', stored: 1, rows: [{ host_id: 'H-1' }] }]);
    await duck.merge('homes', [{ id: 'before', stored: 1, rows: [home(9, 'H-9', null)] }]);
    await duck.merge('homes', [
      { id: 'a', stored: 2, rows: [home(1, 'H-1', null), home(2, 'H-2', 'A-1'), home(3, 'H-2', null)] },
      { id: 'b', stored: 3, rows: [home(4, null, null), home(5, 'H-1', null)] },
    ]);

    const found = await countOrphans(ports, homes, 3);

    const hold = { column_name: 'host_id', parent: 'hosts', on_orphan: 'hold', rows: 2 };
    const flag = { column_name: 'agent_id', parent: 'agents', on_orphan: 'flag', rows: 1 };
    expect(Object.fromEntries(found!)).toEqual({ a: [hold, flag], b: [] });
  });

  it('asks nothing of a dataset that refers to nothing', async () => {
    const { ports, asked } = await silver([]);

    expect((await countOrphans(ports, hosts, 1))!.size).toBe(0);
    expect(asked).toEqual([]);
  });

  it.each([
    ['fails', { state: 'failed', reason: 'INTERNAL_ERROR', retryable: false, bytesScanned: 0 }, 'INTERNAL_ERROR', []],
    ['takes too long', { state: 'running' }, 'still runs after 60 s', ['0']],
  ] as const)(
    'tells that it has not counted when Athena %s, and leaves no query running',
    async (_, status, why, left) => {
      const { ports, told, stopped } = await silver(['homes']);
      const hand = handClock();
      const clock = { ...hand, sleep: async (milliseconds: number) => hand.advance(milliseconds / 1000) };
      const athena = { ...ports.athena, get: async () => status };

      const found = await countOrphans({ ...ports, athena, clock }, homes, 1);

      expect(found).toBeNull();
      expect(told).toEqual([expect.stringMatching(new RegExp(`^homes: .*${why}`))]);
      expect(stopped).toEqual(left);
    },
  );
});

it('says that orphans were not counted', () => {
  expect(orphanRemarks(null)).toEqual(['it was not counted how many of its rows had no parent when merged']);
  expect(orphanRemarks([])).toEqual([]);
});

it('says what becomes of orphans', () => {
  const orphans = { column_name: 'host_id', parent: 'hosts', rows: 1 } as const;

  expect(describeOrphans({ ...orphans, on_orphan: 'hold' })).toBe(
    '1 row had no parent in hosts when merged (host_id): it waits for it',
  );
  expect(describeOrphans({ ...orphans, on_orphan: 'flag', rows: 2 })).toBe(
    '2 rows had no parent in hosts when merged (host_id): they count all the same',
  );
});
