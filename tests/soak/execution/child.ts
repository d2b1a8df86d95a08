import { appendFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { readMachine } from '../../statemachines/interpreter.ts';
import type { Answer, Command, Executed, Line, Point } from './commands.ts';
import { type Call, inside, isEffect, type Observer, observe, remember, statementOf } from './effects.ts';
import { execute } from './execute.ts';
import { type Faults, injectOnWire, plannedFaults } from './faults.ts';

/**
 * Runs executions of `ingest` in this process, with the handlers that are deployed and against the cloud that the
 * environment names, and ends itself where it is told to.
 */
const machine = readMachine('statemachines/ingest.asl.json');
type Handler = (event: unknown, context: Context) => Promise<unknown>;
const tasks = Object.values(machine.States).flatMap((state) => state.Resource?.['Fn::GetAtt'][0] ?? []);
const handlers = new Map<string, Handler>();
for (const name of new Set(tasks)) handlers.set(name, (await import(`../../../functions/${name}.ts`)).handler);
const { failedRunLedger } = await import('../../../aws/report.ts');
const { pipelinePorts } = await import('../../../aws/pipeline.ts');

const contextOf = (name: string) =>
  ({
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    memoryLimitInMB: '1024',
    awsRequestId: crypto.randomUUID(),
  }) as Context;

let observer: Observer = (_call, send) => send();
let faults: Faults = plannedFaults({ seed: 0 });
observe((call, send) => observer(call, send));
injectOnWire(() => faults);

const stopped = new Error('stopped where it was told to');
const labelOf = ({ state, service, operation, target }: Call) =>
  `${state}: ${service} ${operation} ${target}`.trimEnd();

/** Writes down each side effect, numbered among those of its name, and ends the process at the point asked for. */
function watching(write: (line: Line) => void, kill: Point | undefined, queries: Executed['queries']): Observer {
  const counts = new Map<string, number>();
  const numbered = (label: string) => {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    return `${label} #${counts.get(label)}`;
  };
  const mark = (when: Point['when'], effect: string) => {
    write(when === 'before' ? { before: effect } : { after: effect });
    if (kill?.when === when && kill.effect === effect) process.kill(process.pid, 'SIGKILL');
  };
  return async (call, send) => {
    if (!isEffect(call)) return send();
    const effect = numbered(labelOf(call));
    mark('before', effect);
    const answer = await send();
    if (call.operation === 'StartQueryExecution') {
      const id = String(answer.output.QueryExecutionId);
      remember(id, String(call.input.QueryString));
      queries.push({ id, statement: statementOf(String(call.input.QueryString)) });
    }
    mark('after', effect);
    if (call.operation === 'GetQueryExecution' && hasEnded(answer.output)) {
      mark('after', numbered(`${labelOf(call)}, ended`));
    }
    return answer;
  };
}

const hasEnded = (output: Record<string, unknown>) => {
  const { QueryExecution } = output as { QueryExecution?: { Status?: { State?: string } } };
  return !['QUEUED', 'RUNNING'].includes(QueryExecution?.Status?.State ?? '');
};

async function run(command: Extract<Command, { do: 'execute' }>): Promise<Executed> {
  const write = (line: Line) => appendFileSync(command.journal, `${JSON.stringify(line)}\n`);
  const queries: Executed['queries'] = [];
  faults = plannedFaults(command.faults ?? { seed: 0 });
  const watch = watching(write, command.kill, queries);
  observer = (call, send) => watch(call, () => faults.around(call, send));
  let state = '';
  const ended = { ...command.from };
  try {
    const result = await execute(machine, command.from, command.run, {
      entered(position) {
        Object.assign(ended, position);
        if (position.state === command.until) throw stopped;
        ({ state } = position);
        write({ entered: position });
      },
      invoke: (name, input) =>
        inside.run({ run: command.run, state }, () =>
          faults.invoking(state, () => handlers.get(name)!(input, contextOf(name))),
        ),
      // As many attempts as the definition has, in less time.
      sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 20)),
      random: Math.random,
    });
    return { ...result, injected: faults.injected, queries };
  } catch (error) {
    if (error !== stopped) throw error;
    return { status: 'SUCCEEDED', path: [], attempts: {}, at: ended, injected: faults.injected, queries };
  } finally {
    faults = plannedFaults({ seed: 0 });
    observer = (_call, send) => send();
  }
}

/** What report-failure does to the ledger when the run has ended badly. */
async function report(command: Extract<Command, { do: 'report' }>): Promise<{ woken?: string }> {
  const { wake, datasets, marts } = pipelinePorts();
  const names = marts.map((mart) => mart.name);
  const failed = failedRunLedger(wake, Object.keys(datasets), names);
  await failed.markFileFailed(command.fileId, command.run, command.error);
  return { woken: await failed.releaseLeaseOf(command.run, command.dataset, true) };
}

const answer = (message: Answer) => process.send!(message);

process.on('message', async (command: Command) => {
  try {
    answer(command.do === 'execute' ? { executed: await run(command) } : { reported: await report(command) });
  } catch (error) {
    answer({ problem: (error as Error).stack ?? String(error) });
  }
});
process.on('disconnect', () => process.exit());
answer({ ready: true });
