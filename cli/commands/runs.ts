import type { Command } from 'commander';
import { Option } from 'commander';
import { describeExecution, type Execution, listExecutions } from '../../aws/executions.ts';
import { action, positiveInteger } from '../context.ts';
import { describeRun } from '../runs/describe.ts';
import { RUN_COLUMNS, runJson, runRow } from '../runs/render.ts';

interface Options {
  limit: number;
  status?: string;
  dataset?: string;
}

const STATUS: Record<string, string> = {
  running: 'RUNNING',
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  timed_out: 'TIMED_OUT',
  aborted: 'ABORTED',
};
const AT_ONCE = 8;
/** With --dataset, at most this many of the newest runs are looked through. */
const SEARCHED = 500;

export function runs(program: Command): void {
  program
    .command('runs')
    .description('list the newest runs')
    .option('-n, --limit <number>', 'how many', positiveInteger, 20)
    .addOption(new Option('--status <status>', 'only runs of this status').choices(Object.keys(STATUS)))
    .option('-d, --dataset <name>', `only runs of this dataset (among the newest ${SEARCHED})`)
    .action(
      action<[], Options>(async (session, options) => {
        const { ingestStateMachine } = await session.stack();
        const wanted = (run: Execution) =>
          options.dataset === undefined || describeRun(run).dataset === options.dataset;
        const found = await newest(ingestStateMachine, options, wanted);
        const now = session.clock.now();
        if (session.terminal.mode === 'json') return session.terminal.json(found.map((run) => runJson(run, now)));
        if (found.length === 0 && session.terminal.mode === 'table') return session.terminal.note('no runs');
        session.terminal.table(
          RUN_COLUMNS,
          found.map((run) => runRow(run, now, session.terminal.mode === 'table')),
        );
      }),
    );
}

/** What a run is about is only told one by one: a few are asked for at once. */
async function newest(machine: string, options: Options, wanted: (run: Execution) => boolean): Promise<Execution[]> {
  const found: Execution[] = [];
  let searched = 0;
  let batch: Promise<Execution | undefined>[] = [];
  const settle = async () => {
    for (const run of await Promise.all(batch)) if (run !== undefined && wanted(run)) found.push(run);
    batch = [];
  };
  for await (const summary of listExecutions(machine, options.status && STATUS[options.status])) {
    batch.push(describeExecution(summary.arn));
    searched += 1;
    if (batch.length === AT_ONCE || batch.length + found.length >= options.limit) await settle();
    if (found.length >= options.limit || searched >= SEARCHED) break;
  }
  await settle();
  return found.slice(0, options.limit);
}
