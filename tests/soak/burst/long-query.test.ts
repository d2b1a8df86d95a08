import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchGetQueryExecutionCommand,
  GetQueryExecutionCommand,
  paginateListQueryExecutions,
} from '@aws-sdk/client-athena';
import { describe, expect, it } from '@jest/globals';
import { athena } from '../../../aws/clients.ts';
import { describeExecution, executionHistory } from '../../../aws/executions.ts';
import { type Dropped, drop, outcome } from '../../../bench/burst/burst.ts';
import { batchesBehind } from '../../../bench/burst/outcome.ts';
import type { BatchItem } from '../../../core/ledger/items.ts';
import { readCloud } from '../../../local/cloud-state.ts';
import { home, isLocal, ledger, stack, until } from '../../acceptance/cloud.ts';
import { burstFiles, checkOrders } from './check.ts';

/** The MERGEs among the newest statements that Athena was given. */
async function newestMerges(workgroup: string): Promise<string[]> {
  const pages = paginateListQueryExecutions({ client: athena(), pageSize: 50 }, { WorkGroup: workgroup });
  for await (const { QueryExecutionIds = [] } of pages) {
    const { QueryExecutions = [] } = await athena().send(new BatchGetQueryExecutionCommand({ QueryExecutionIds }));
    return QueryExecutions.map(({ Query = '' }) => Query).filter((sql) => sql.includes('merge into'));
  }
  return [];
}

const isRunning = async (queryId: string): Promise<boolean> => {
  const { QueryExecution } = await athena().send(new GetQueryExecutionCommand({ QueryExecutionId: queryId }));
  return /QUEUED|RUNNING/.test(QueryExecution!.Status!.State!);
};

/** Drops a file and stops the engine in the middle of its MERGE; undefined, and the engine goes on, when that was over. */
async function stoppedIn(
  file: { key: string; text: string },
  trino: number,
): Promise<[Dropped, BatchItem] | undefined> {
  const store = await ledger();
  const dropped = await drop(await stack(), store, [file]);
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(10)) {
    const [batch] = await batchesBehind(store, 'orders', dropped.after);
    if (batch?.query_id === undefined) continue;
    process.kill(trino, 'SIGSTOP');
    if (await isRunning(batch.query_id)) return [dropped, batch];
    process.kill(trino, 'SIGCONT');
    await outcome(store, dropped, 120);
    return undefined;
  }
  throw new Error('no MERGE of the file has begun after a minute');
}

/** The engine of AWS cannot be stopped. */
(isLocal ? describe : describe.skip)('a MERGE that takes longer than one invocation', () => {
  it('is asked after again, and not started again', async () => {
    const day = '2027-04-11';
    const files = burstFiles(6, day);
    const trino = readCloud(home)!.pids.trino!;
    let stopped: Awaited<ReturnType<typeof stoppedIn>>;
    const tried: typeof files = [];

    try {
      while (stopped === undefined) {
        tried.push(files[tried.length]!);
        stopped = await stoppedIn(tried.at(-1)!, trino);
      }
      const { run } = stopped[1];
      await until('the run waits for the MERGE', 150, async () =>
        (await executionHistory(run)).some(({ state }) => state === 'WaitForMerge'),
      );
    } finally {
      process.kill(trino, 'SIGCONT');
    }
    const [dropped, { run, query_id }] = stopped;
    const burst = await outcome(await ledger(), dropped, 300);

    await until('the run has ended', 120, async () => (await describeExecution(run))?.status !== 'RUNNING');
    expect(await describeExecution(run)).toMatchObject({ status: 'SUCCEEDED' });
    expect(burst.batches).toMatchObject([{ query_id, attempt: 1, status: 'done' }]);
    const merges = await newestMerges((await stack()).workgroup);
    expect(merges.filter((sql) => sql.includes(`'${burst.files[0]!.stage_id}'`))).toHaveLength(1);
    await checkOrders(tried, day);
  }, 900_000);
});
