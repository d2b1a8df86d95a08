import { describeExecution, type Execution, newestEvents } from '../../aws/executions.ts';
import { headVersion } from '../../aws/s3.ts';
import { timeline } from '../../core/incident/timeline.ts';
import { fileId } from '../../core/ledger/file-id.ts';
import type { Session } from '../context.ts';
import { runSource } from '../drop/drop.ts';
import { endedWell, reportFiles } from '../drop/report.ts';
import { FailedError } from '../exit.ts';
import { describeRun } from '../runs/describe.ts';
import { type Followed, followFile } from '../runs/follow.ts';
import { words } from '../runs/render.ts';

/** Waits for a run that was started again and reports what became of its file. Throws FailedError if it failed again. */
export async function waitFor(
  session: Session,
  old: Execution,
  begun: { run: string; since: Date },
  timeout: number,
): Promise<void> {
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
export async function fileOf(old: Execution, begun: { run: string; since: Date }): Promise<Followed | undefined> {
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
