import { BatchGetQueryExecutionCommand, ListQueryExecutionsCommand, type QueryExecution } from '@aws-sdk/client-athena';
import {
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { athena, lambda, stepFunctions } from '../../aws/clients.ts';
import { listExecutions } from '../../aws/executions.ts';
import { functionLogs, logLines } from '../../aws/logs.ts';
import type { Stack } from '../../aws/stack.ts';
import type { Cloud } from '../../local/cloud-state.ts';
import { readEmf } from '../../local/metrics/emf.ts';
import { runsSince } from '../burst/outcome.ts';
import { type Counts, names, nothing } from './counts.ts';
import { countQueries } from './queries.ts';
import type { countingProxy } from './requests.ts';

export interface Meter {
  /** Everything that happened in the cloud while `work` ran. */
  during(work: () => Promise<void>): Promise<Counts>;
}

/** Lets the functions call AWS through the proxy, and reads the rest from logs, histories and the query engine. */
export async function meter(
  stack: Stack,
  cloud: Cloud,
  proxy: Awaited<ReturnType<typeof countingProxy>>,
): Promise<Meter> {
  await pointFunctions(proxy.url);
  return {
    async during(work) {
      const since = new Date();
      const before = { proxy: proxy.counted(), engine: await engineRequests(cloud), queries: await queryIds(stack) };
      await work();
      const through = proxy.counted();
      const engine = await engineRequests(cloud);
      const parts: Partial<Counts>[] = [
        Object.fromEntries(names.map((name) => [name, through[name] - before.proxy[name]])),
        { s3Writes: engine.writes - before.engine.writes, s3Reads: engine.reads - before.engine.reads },
        await queriesOf(stack, before.queries),
        await functionsSince(stack.stage, since),
      ];
      for (const machine of [stack.ingestStateMachine, stack.maintainStateMachine]) {
        const { runs, transitions } = await runsSince(machine, since);
        parts.push({ traces: runs, transitions, logBytes: await historyBytes(machine, since) });
      }
      const sum = { ...nothing };
      for (const part of parts) for (const name of names) sum[name] += part[name] ?? 0;
      return sum;
    },
  };
}

async function pointFunctions(url: string): Promise<void> {
  const { Functions = [] } = await lambda().send(new ListFunctionsCommand({}));
  for (const { FunctionName } of Functions) {
    const { Environment } = await lambda().send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, AWS_ENDPOINT_URL: url };
    await lambda().send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  }
}

interface Bean {
  objectName: string;
  attributes: { name: string; value: unknown }[];
}

/** Requests to S3 of the query engine itself, which its users pay: https://docs.aws.amazon.com/athena/latest/ug/ */
async function engineRequests({ endpoints }: Cloud): Promise<{ writes: number; reads: number }> {
  const answer = await fetch(`${endpoints.trino}/v1/jmx/mbean`, { headers: { 'x-trino-user': 'bench' } });
  const beans = ((await answer.json()) as Bean[]).filter(({ objectName }) => objectName.includes('S3FileSystemStats'));
  if (beans.length === 0) throw new Error('Trino tells nothing of its requests to S3');
  const requests = { writes: 0, reads: 0 };
  for (const { name, value } of beans.flatMap(({ attributes }) => attributes)) {
    const [, operation] = /^(\w+)\.Calls\.TotalCount$/.exec(name) ?? [];
    if (operation === undefined || /^(Delete|Abort)/.test(operation)) continue;
    if (/^(Get|Head)/.test(operation)) requests.reads += Number(value);
    else requests.writes += Number(value);
  }
  return requests;
}

async function queryIds({ workgroup }: Stack): Promise<Set<string>> {
  const ids = new Set<string>();
  let NextToken: string | undefined;
  do {
    const page = await athena().send(new ListQueryExecutionsCommand({ WorkGroup: workgroup, NextToken }));
    for (const id of page.QueryExecutionIds ?? []) ids.add(id);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return ids;
}

async function queriesOf(stack: Stack, before: Set<string>): Promise<Partial<Counts>> {
  const ids = [...(await queryIds(stack))].filter((id) => !before.has(id));
  const executions: QueryExecution[] = [];
  for (let start = 0; start < ids.length; start += 50) {
    const page = await athena().send(
      new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids.slice(start, start + 50) }),
    );
    executions.push(...(page.QueryExecutions ?? []));
  }
  return countQueries(executions);
}

async function functionsSince(stage: string, since: Date): Promise<Partial<Counts>> {
  const counts = { invocations: 0, gbSeconds: 0, logBytes: 0 };
  for (const { text } of await logLines(stage, await functionLogs(stage), since, Number.MAX_SAFE_INTEGER)) {
    counts.logBytes += Buffer.byteLength(text);
    const [, milliseconds, megabytes] = /^REPORT .*?Duration: ([\d.]+) ms.*?Memory Size: (\d+) MB/.exec(text) ?? [];
    if (milliseconds === undefined) continue;
    counts.invocations += 1;
    counts.gbSeconds += (Number(milliseconds) / 1000) * (Number(megabytes) / 1024);
  }
  return counts;
}

/** With execution data, a state machine's log has the events of its history. */
async function historyBytes(machine: string, since: Date): Promise<number> {
  let bytes = 0;
  for await (const run of listExecutions(machine)) {
    if ((run.stoppedAt ?? run.startedAt) < since) break;
    if (run.startedAt < since) continue;
    const { events = [] } = await stepFunctions().send(
      new GetExecutionHistoryCommand({ executionArn: run.arn, maxResults: 1000, includeExecutionData: true }),
    );
    bytes += Buffer.byteLength(JSON.stringify(events));
  }
  return bytes;
}

/** Series of metrics that the functions have published: each is billed by itself. */
export async function metricSeries(stage: string, since: Date): Promise<Set<string>> {
  const lines = await logLines(stage, await functionLogs(stage), since, Number.MAX_SAFE_INTEGER);
  const data = lines.flatMap(({ text }) => readEmf(text));
  return new Set(data.map(({ namespace, name, dimensions }) => JSON.stringify([namespace, name, dimensions])));
}
