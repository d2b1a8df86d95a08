import { describe, expect, it } from '@jest/globals';
import { listExecutions } from '../../../aws/executions.ts';
import { describeBurst, drop, outcome } from '../../../bench/burst/burst.ts';
import { batchesBehind, runsSince } from '../../../bench/burst/outcome.ts';
import type { FileItem } from '../../../core/ledger/items.ts';
import { readCloud } from '../../../local/cloud-state.ts';
import { up } from '../../../local/up.ts';
import { home, isLocal, ledger, stack, tributary, tributaryJson, until } from '../../acceptance/cloud.ts';
import { burstFiles, checkOrders } from './check.ts';

interface Alerts {
  messages: { at: string; subject: string }[];
}

/** Subjects of what was sent since then about a failure, or about the end of one. */
async function sent(since: Date, resolved: boolean): Promise<string[]> {
  const { messages } = await tributaryJson<Alerts>('alerts', '--since', '1h', '-n', '1000');
  const subjects = messages.filter(({ at }) => new Date(at) >= since).map(({ subject }) => subject);
  return subjects
    .filter((subject) => / in MergeRows| in RefreshGold| in PublishMetrics/.test(subject))
    .filter((subject) => subject.includes('resolved') === resolved);
}

/** On AWS nobody can switch Athena off. */
(isLocal ? describe : describe.skip)('Athena goes away for a minute in the middle of a burst', () => {
  it('loses nothing, doubles nothing, and pages once for each cause', async () => {
    const day = '2027-03-11';
    const [cloud, store] = [await stack(), await ledger()];
    const files = burstFiles(100, day);

    const dropped = await drop(cloud, store, files);
    const batches = () => batchesBehind(store, 'orders', dropped.after);
    await until('a MERGE is over', 180, async () => (await batches()).some(({ status }) => status === 'done'));
    process.kill(readCloud(home)!.pids.athena!, 'SIGTERM');
    await until('Athena is gone', 30, async () => readCloud(home)!.parts.athena.state === 'crashed');
    const gone = Date.now();
    await until('a minute is over', 90, async () => Date.now() - gone > 60_000);
    await up({ home });
    const span = () => `${Math.ceil((Date.now() - dropped.since.getTime()) / 1000)}s`;
    const rerun = async () => (await tributary('rerun', '--failed', '--since', span(), '--dataset', 'orders')).code;
    const keys = dropped.landed.map(({ file_id }) => ({ pk: `file#${file_id}`, sk: 'file' }));
    await until('every file is done', 900, async () => {
      if (!(await nothingRuns(cloud.ingestStateMachine)) || (await rerun()) !== 0) return false;
      return (await store.getMany<FileItem>(keys)).every(({ status }) => status === 'done');
    });
    const burst = await outcome(store, dropped, 300);

    const runs = await runsSince(cloud.ingestStateMachine, dropped.since);
    console.log(`${describeBurst(burst, runs)}; ${runs.failed} runs failed`);
    await checkOrders(files, day);
    if (runs.failed > 0) {
      await until('a page is sent', 60, async () => (await sent(dropped.since, false)).length > 0);
    }
    const pages = await sent(dropped.since, false);
    expect(new Set(pages).size).toBe(pages.length);
    await until('each is told to be over', 300, async () => (await sent(dropped.since, true)).length === pages.length);
  }, 1_500_000);
});

async function nothingRuns(machineArn: string): Promise<boolean> {
  for await (const _ of listExecutions(machineArn, 'RUNNING')) return false;
  return true;
}
