import type { Command } from 'commander';
import {
  describeExecution,
  type Execution,
  newestEvents,
  redriveExecution,
  startExecution,
} from '../../aws/executions.ts';
import { headVersion } from '../../aws/s3.ts';
import { timeline } from '../../core/incident/timeline.ts';
import { fileId } from '../../core/ledger/file-id.ts';
import { action, type Session, spanOption } from '../context.ts';
import { runSource } from '../drop/drop.ts';
import { endedWell, reportFiles } from '../drop/report.ts';
import { FailedError, UsageError } from '../exit.ts';
import { describeRun } from '../runs/describe.ts';
import { findRun } from '../runs/find.ts';
import { type Followed, followFile } from '../runs/follow.ts';
import { words } from '../runs/render.ts';

interface Options {
  wait: boolean;
  new?: boolean;
  timeout: number;
}

export function rerun(program: Command): void {
  program
    .command('rerun')
    .description('run a failed run again, from where it failed if the service can, else from the start')
    .argument('<id>', 'name of the run or its beginning, its ARN, or a file id')
    .option(
      '--new',
      'start a new run with the same input even if the old one can go on (after a change of the workflow)',
    )
    .option('--no-wait', 'return when the run has started')
    .addOption(spanOption('--timeout <span>', 'how long to wait, like 90s or 15m', '30m'))
    .action(
      action<[string], Options>(async (session, options, id) => {
        const { terminal } = session;
        const old = await findRun(session, id);
        if (old.status === 'RUNNING') throw new UsageError(`the run ${old.name} is still going on`);
        const since = session.clock.now();
        const arn = await again(old, options);
        const how = arn === old.arn ? 'goes on where it failed' : 'started with the same input';
        terminal.note(`${arn.split(':').at(-1)} ${how}`);
        if (!options.wait) {
          if (terminal.mode === 'json') terminal.json({ run: arn, redriven: arn === old.arn });
          else terminal.out(arn);
          return;
        }
        await waitFor(session, old, { run: arn, since }, options.timeout);
      }),
    );
}

async function again(old: Execution, options: Options): Promise<string> {
  if (old.redrivable && !options.new) {
    await redriveExecution(old.arn);
    return old.arn;
  }
  if (old.input === undefined) throw new FailedError(`the input of ${old.name} is not kept any more`);
  return startExecution(old.machineArn, old.input);
}

async function waitFor(session: Session, old: Execution, begun: { run: string; since: Date }, timeout: number) {
  const { databases, ingestStateMachine, stage } = await session.stack();
  const file = await fileOf(old, begun);
  if (old.machineArn !== ingestStateMachine || file === undefined) return waitForRun(session, begun.run, timeout);
  const board = session.terminal.board();
  const ports = { ledger: await session.ledger(), runs: runSource(ingestStateMachine), clock: session.clock };
  const result = await followFile(file, ports, {
    timeout,
    interval: 400,
    onStep: (step) => board.set('run', `${file.key}  ${step}`),
  });
  board.set('run', `${file.key}  ${words(result.outcome)}`);
  board.end();
  reportFiles(session.terminal, [result], { silver: databases.silver, stage });
  if (!endedWell(result)) throw new FailedError('the run failed again');
}

/** The file a run is about; where its event names no version, the newest one. */
async function fileOf(old: Execution, begun: { run: string; since: Date }): Promise<Followed | undefined> {
  const { bucket, key, versionId, fileId: known } = describeRun(old);
  if (bucket === undefined || key === undefined) return undefined;
  const version = versionId ?? (await headVersion(bucket, key))?.version_id;
  if (version === undefined) return undefined;
  return { key, versionId: version, fileId: known ?? fileId(bucket, key, version), ...begun };
}

async function waitForRun(session: Session, arn: string, timeout: number): Promise<void> {
  const { terminal, clock } = session;
  const deadline = clock.now().getTime() + timeout;
  const board = terminal.board();
  for (;;) {
    const run = await describeExecution(arn);
    if (run !== undefined && run.status !== 'RUNNING') {
      board.end();
      const facts = describeRun(run);
      if (terminal.mode === 'json') terminal.json({ run: arn, outcome: facts.outcome, error: facts.reason ?? null });
      else terminal.out(`${run.name}\t${words(facts.outcome)}${facts.reason ? `\t${facts.reason}` : ''}`);
      if (run.status !== 'SUCCEEDED') throw new FailedError('the run failed again');
      return;
    }
    if (clock.now().getTime() > deadline) throw new FailedError('the run has not ended in the time allowed');
    board.set('run', timeline((await newestEvents(arn)).reverse()).at(-1)?.state ?? 'started');
    await clock.sleep(1_000);
  }
}
