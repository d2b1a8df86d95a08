import { fileId } from '../../../core/ledger/file-id.ts';
import type { BatchItem, FileItem, TableItem } from '../../../core/ledger/items.ts';
import type { Stored } from '../../../core/ledger/store.ts';
import { bronzeFolder } from '../../../core/pipeline/keys.ts';
import {
  type LandedVersion,
  type RunState,
  type SweepOptions,
  type SweepPorts,
  standardOptions,
} from '../../../core/reconcile/ports.ts';
import type { SweepReport } from '../../../core/reconcile/report.ts';
import { reconcile } from '../../../core/reconcile/sweep.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';

/** The clock of a test begins an hour after everything that it has put there. */
export const landedAt = '2026-03-01T09:15:00.000Z';
const machine = 'arn:aws:states:us-east-1:111122223333:execution:tributary-test-ingest';
export const arn = (name: string) => `${machine}:${name}`;

/** Landing, bronze, ledger and Step Functions in memory. A run that is started stays RUNNING until the test ends it. */
export function sweepWorld() {
  const ledger = memoryStore();
  const clock = handClock();
  const versions: LandedVersion[] = [];
  const bronze = new Set<string>();
  const runs = new Map<string, RunState & { input?: string; error?: string }>();
  const reported: string[] = [];
  const put = (item: Partial<Stored> & { pk: string; sk: string }) =>
    ledger.items.set(`${item.pk}\n${item.sk}`, { rev: 1, ...item } as Stored);
  const ports: SweepPorts = {
    ledger,
    clock,
    bucket: 'landing',
    datasets: { orders: {}, products: {} },
    marts: ['daily_revenue'],
    landing: {
      async *versions(prefix) {
        yield versions.filter(({ key }) => key.startsWith(prefix));
      },
      exists: async ({ key, version_id }) => versions.some((one) => one.key === key && one.version_id === version_id),
    },
    lake: {
      async *objects(prefix) {
        const keys = [...bronze].filter((key) => key.startsWith(prefix)).sort();
        yield keys.map((key) => ({ key, size: 7 }));
      },
      exists: async (key) => bronze.has(key),
    },
    startRun: async (input) => start(input, `woken-${runs.size}`),
    runs: {
      describe: async (run) => runs.get(run),
      arnOf: arn,
      startNamed: async (input, name) => (runs.has(arn(name)) ? undefined : start(input, name)),
    },
    failures: {
      page: async () => undefined,
      async note(run) {
        reported.push(run);
        const mine = [...ledger.items.values()].filter((item) => item.sk === 'file' && (item as FileItem).run === run);
        const error = `${runs.get(run)?.error ?? 'QueryRejectedError'}: no`;
        for (const file of mine as FileItem[]) {
          put({ ...file, status: file.status === 'staged' ? 'staged' : 'failed', error } as FileItem);
        }
        for (const table of [...ledger.items.values()].filter(({ sk }) => sk === 'lease') as TableItem[]) {
          if (table.owner === run) put({ ...table, owner: undefined, expires_at: undefined } as TableItem);
        }
      },
    },
  };
  const start = (input: string, name: string) => {
    runs.set(arn(name), { status: 'RUNNING', startedAt: clock.now(), input });
    return arn(name);
  };

  return {
    ports,
    clock,
    ledger,
    runs,
    bronze,
    versions,
    reported,
    put,
    /** A version in landing; its id. */
    land(name: string, over: Partial<LandedVersion> = {}): string {
      const key = name.includes('/') ? name : `landing/orders/${name}`;
      const version = { key, version_id: 'v1', etag: 'e', size: 10, last_modified: landedAt, ...over };
      versions.push(version);
      return fileId('landing', key, version.version_id);
    },
    /** A version in landing that the ledger knows, with its bronze. */
    file(name: string, over: Partial<FileItem> = {}): string {
      const key = `landing/orders/${name}`;
      const id = this.land(name);
      const folder = bronzeFolder('orders', id, landedAt);
      put({
        ...{ pk: `file#${id}`, sk: 'file', file_id: id, dataset: 'orders', bucket: 'landing', key, version_id: 'v1' },
        ...{
          etag: 'e',
          size: 10,
          last_modified: landedAt,
          status: 'done',
          run: arn(name),
          bronze_key: `${folder}/${name}`,
        },
        ...{ attempts: 1, received_at: landedAt, updated_at: landedAt, ...over },
      } as FileItem);
      bronze.add(`${folder}/${name}`).add(`${folder}/_lineage.json`);
      return id;
    },
    ended(name: string, status: string, error?: string) {
      runs.set(arn(name), { status, startedAt: new Date(landedAt), stoppedAt: new Date(landedAt), error });
    },
    table(over: Partial<TableItem>) {
      put({
        ...{ pk: 'table#orders', sk: 'lease', staged_seq: 0, planned_seq: 0, batch_seq: 0, token: 1, led: 0 },
        ...over,
      } as TableItem);
    },
    batch(over: Partial<BatchItem>) {
      put({ pk: 'table#orders', from_seq: 1, file_ids: [], ...over } as BatchItem);
    },
    sweep: (options: Partial<SweepOptions> = {}): Promise<SweepReport> =>
      reconcile(ports, { ...standardOptions, ...options }),
  };
}
