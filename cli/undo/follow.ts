import { describeExecution, type Execution, newestEvents } from '../../aws/executions.ts';
import { readCause } from '../../core/incident/history.ts';
import { timeline } from '../../core/incident/timeline.ts';
import type { Session } from '../context.ts';
import { FailedError } from '../exit.ts';

/** Follows an execution of an operation to its end and returns its output; throws FailedError with its cause. */
export async function followOperation<Output>(session: Session, arn: string, label: string, timeout: number) {
  const { terminal, clock } = session;
  const deadline = clock.now().getTime() + timeout;
  const board = terminal.board();
  try {
    for (;;) {
      const run = await describeExecution(arn);
      if (run !== undefined && run.status !== 'RUNNING') return outputOf<Output>(run);
      if (clock.now().getTime() > deadline) {
        throw new FailedError(`${label} has not ended in the time allowed; it goes on as ${arn}`);
      }
      board.set('run', `${label}  ${timeline((await newestEvents(arn)).reverse()).at(-1)?.state ?? 'started'}`);
      await clock.sleep(500);
    }
  } finally {
    board.end();
  }
}

function outputOf<Output>(run: Execution): Output {
  if (run.status === 'SUCCEEDED') return JSON.parse(run.output ?? '{}') as Output;
  const reason = [run.error, readCause(run.cause)].filter(Boolean).join(': ');
  throw new FailedError(reason || `the run ${run.name} ended as ${run.status}`);
}
