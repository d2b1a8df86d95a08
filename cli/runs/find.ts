import { describeExecution, type Execution, listExecutions } from '../../aws/executions.ts';
import { getFile } from '../../core/ledger/files.ts';
import type { Session } from '../context.ts';
import { FailedError, UsageError } from '../exit.ts';

/** How many of the newest runs a beginning of a name is looked for in. */
const SEARCHED = 1_000;

/**
 * Finds the run a person means: an ARN, the name of an execution of any state machine (pages name those of operations,
 * too), an unmistakable beginning of the name of a file's run, or the id of a file (its last run). Throws FailedError when
 * there is none and UsageError when there are several.
 */
export async function findRun(session: Session, id: string): Promise<Execution> {
  const stack = await session.stack();
  const { ingestStateMachine, undoStateMachine, rollbackStateMachine, replayStateMachine, maintainStateMachine } =
    stack;
  const machines = [
    ingestStateMachine,
    undoStateMachine,
    rollbackStateMachine,
    replayStateMachine,
    maintainStateMachine,
  ];
  if (id.startsWith('arn:')) return must(await describeExecution(id), id);
  if (/^[0-9a-f]{32}$/.test(id)) {
    const file = await getFile(await session.ledger(), id);
    if (file !== undefined) return must(await describeExecution(file.run), file.run);
  }
  for (const machine of machines) {
    const named = await describeExecution(executionArn(machine, id));
    if (named !== undefined) return named;
  }

  const found: string[] = [];
  let seen = 0;
  for await (const run of listExecutions(ingestStateMachine)) {
    if (run.name.startsWith(id)) found.push(run.arn);
    if (++seen >= SEARCHED || found.length > 1) break;
  }
  if (found.length > 1) throw new UsageError(`"${id}" is the beginning of several runs: give more of the name`);
  return must(found[0] && (await describeExecution(found[0])), id);
}

export function executionArn(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

function must<T>(found: T | undefined | '', id: string): T {
  if (!found) throw new FailedError(`no run found for "${id}"; \`tributary runs\` lists them`);
  return found;
}
