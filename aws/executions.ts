import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { EndedRun } from '../core/incident/failed-run.ts';
import type { RunEvent } from '../core/incident/history.ts';
import { stepFunctions } from './clients.ts';

export interface Execution extends EndedRun {
  machineArn: string;
  output?: string;
  /** Whether RedriveExecution would take it. The local cloud has no redrive and says nothing. */
  redrivable: boolean;
}

export interface ExecutionSummary {
  arn: string;
  name: string;
  status: string;
  startedAt: Date;
  stoppedAt?: Date;
}

/** Starts a run and returns its ARN; a name makes one up when left out. */
export async function startExecution(machineArn: string, input: string, name?: string): Promise<string> {
  const started = await stepFunctions().send(new StartExecutionCommand({ stateMachineArn: machineArn, input, name }));
  return started.executionArn!;
}

/** Starts a run of this name and returns its ARN; undefined when there is one of that name that has ended already. */
export async function startExecutionOnce(machineArn: string, input: string, name: string): Promise<string | undefined> {
  try {
    return await startExecution(machineArn, input, name);
  } catch (error) {
    // Of one that still runs with the same input, AWS gives the ARN; the local cloud refuses that, too.
    if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return undefined;
    throw error;
  }
}

/** Everything about one execution; `undefined` when there is none of that ARN (they are kept for 90 days). */
export async function describeExecution(arn: string): Promise<Execution | undefined> {
  try {
    return toExecution(await stepFunctions().send(new DescribeExecutionCommand({ executionArn: arn })));
  } catch (error) {
    if (error instanceof Error && (error.name === 'ExecutionDoesNotExist' || error.name === 'InvalidArn'))
      return undefined;
    throw error;
  }
}

/** Continues a failed execution where it failed, with the definition it was started with. */
export async function redriveExecution(arn: string): Promise<void> {
  await stepFunctions().send(new RedriveExecutionCommand({ executionArn: arn }));
}

/** The history, oldest event first, in pages so that a caller may stop early. */
export async function executionHistory(arn: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions().send(
      new GetExecutionHistoryCommand({ executionArn: arn, maxResults: 1000, nextToken }),
    );
    events.push(...(page.events ?? []).map(toRunEvent));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
}

/** The newest events, newest first, read back to the state that was entered last, and some way beyond. */
export async function newestEvents(arn: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions().send(
      new GetExecutionHistoryCommand({ executionArn: arn, maxResults: 200, reverseOrder: true, nextToken }),
    );
    events.push(...(page.events ?? []).map(toRunEvent));
    nextToken = page.nextToken;
  } while (nextToken !== undefined && !events.some((event) => event.type.endsWith('StateEntered')));
  return events;
}

/** Runs of a state machine, newest first, page after page. */
export async function* listExecutions(machineArn: string, status?: string): AsyncGenerator<ExecutionSummary> {
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions().send(
      new ListExecutionsCommand({
        stateMachineArn: machineArn,
        statusFilter: status as ExecutionStatus | undefined,
        maxResults: 100,
        nextToken,
      }),
    );
    for (const item of page.executions ?? []) {
      yield {
        arn: item.executionArn!,
        name: item.name!,
        status: item.status!,
        startedAt: item.startDate!,
        stoppedAt: item.stopDate,
      };
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

const ENDED_BADLY: ExecutionStatus[] = ['FAILED', 'TIMED_OUT', 'ABORTED'];
/** Runs are listed by their start, and no state machine of ours lets one go on for longer. */
const LONGEST_MILLISECONDS = 24 * 3_600_000;
/** How many later runs are compared with one that failed. */
const COMPARED = 50;

/** Runs of these machines that failed, timed out or were stopped after a time. */
export async function* runsEndedBadly(
  machineArns: string[],
  since: Date,
): AsyncGenerator<{ arn: string; stoppedAt: Date }> {
  const oldest = since.getTime() - LONGEST_MILLISECONDS;
  for (const machineArn of machineArns) {
    for (const status of ENDED_BADLY) {
      for await (const { arn, startedAt, stoppedAt } of listExecutions(machineArn, status)) {
        if (startedAt.getTime() < oldest) break;
        if (stoppedAt !== undefined && stoppedAt >= since) yield { arn, stoppedAt };
      }
    }
  }
}

/** Whether a run that failed has succeeded since, redriven or by another run of its machine with the same input. */
export async function hasSucceededSince(arn: string): Promise<boolean> {
  const failed = await describeExecution(arn);
  if (failed === undefined || failed.status === 'SUCCEEDED') return failed !== undefined;
  let compared = 0;
  for await (const later of listExecutions(failed.machineArn, 'SUCCEEDED')) {
    if (later.startedAt < failed.startedAt || ++compared > COMPARED) return false;
    if ((await describeExecution(later.arn))?.input === failed.input) return true;
  }
  return false;
}

function toExecution(found: DescribeExecutionCommandOutput): Execution {
  return {
    arn: found.executionArn!,
    name: found.name ?? found.executionArn!.split(':').at(-1)!,
    machineArn: found.stateMachineArn!,
    machine: found.stateMachineArn!.split(':').at(-1)!,
    status: found.status!,
    startedAt: found.startDate!,
    stoppedAt: found.stopDate,
    input: found.input,
    output: found.output,
    error: found.error,
    cause: found.cause,
    redrivable: found.redriveStatus === 'REDRIVABLE',
  };
}

/** Each event type keeps its details in a field of its own; they all use the same few names inside. */
function toRunEvent(event: HistoryEvent): RunEvent {
  const details = Object.entries(event).find(([name]) => name.endsWith('EventDetails'))?.[1] ?? {};
  return {
    id: event.id!,
    previousId: event.previousEventId,
    type: event.type!,
    at: event.timestamp!,
    state: details.name,
    input: details.input,
    output: details.output,
    error: details.error,
    cause: details.cause,
  };
}
