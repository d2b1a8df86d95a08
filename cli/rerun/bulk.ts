import { describeExecution, listExecutions } from '../../aws/executions.ts';
import { sideBySide } from '../../core/reconcile/side-by-side.ts';
import type { Session } from '../context.ts';
import { runSource } from '../drop/drop.ts';
import { endedWell } from '../drop/report.ts';
import { FailedError, messageOf } from '../exit.ts';
import { formatCount, formatDuration, formatTime, plural } from '../format.ts';
import { type FollowResult, followFile } from '../runs/follow.ts';
import { outcomeStyle, words } from '../runs/render.ts';
import { runAgain } from './again.ts';
import { fileOf } from './one.ts';
import { type Chosen, type Filter, type Selection, selectFailed } from './select.ts';

export interface BulkOptions extends Omit<Filter, 'since'> {
  /** Milliseconds back. */
  span: number;
  dryRun: boolean;
  new: boolean;
  wait: boolean;
  timeout: number;
}

/** Redriving and starting executions are limited for the whole account. */
const startedAtOnce = 8;

interface Again extends Chosen {
  /** `to be run again` in a dry run, `started`, `redriven`, or what became of the file. */
  outcome: string;
  /** ARN of the run that is at it now. */
  now?: string;
  error?: string;
  milliseconds?: number;
}

/** Runs everything again that failed and is still not in the lake. Throws FailedError when something fails again. */
export async function rerunFailed(session: Session, options: BulkOptions): Promise<void> {
  const { ingestStateMachine } = await session.stack();
  const ports = {
    ledger: await session.ledger(),
    describe: describeExecution,
    list: (status: string) => listExecutions(ingestStateMachine, status),
  };
  const since = new Date(session.clock.now().getTime() - options.span);
  const selection = await selectFailed(ports, { ...options, since });
  const results = options.dryRun
    ? selection.chosen.map((chosen): Again => ({ ...chosen, outcome: 'to_be_run_again' }))
    : await runAll(session, selection.chosen, options);
  show(session, selection, results, since);
  const bad = results.filter(({ error }) => error !== undefined).length;
  if (bad > 0) throw new FailedError(`${bad} of ${results.length} runs did not get through`);
}

async function runAll(session: Session, chosen: Chosen[], options: BulkOptions): Promise<Again[]> {
  const results: Again[] = [];
  const { ingestStateMachine } = await session.stack();
  const ports = { ledger: await session.ledger(), runs: runSource(ingestStateMachine), clock: session.clock };
  const board = session.terminal.board();
  // As in `drop`: each look describes the run of each file.
  const interval = Math.max(400, chosen.length * 150);
  const waits: Promise<void>[] = [];
  await sideBySide(chosen.entries(), startedAtOnce, async ([index, one]) => {
    try {
      const begun = { since: session.clock.now(), run: await runAgain(one.run, options.new ? 'new' : undefined) };
      results[index] = { ...one, now: begun.run, outcome: begun.run === one.run.arn ? 'redriven' : 'started' };
      const file = options.wait ? await fileOf(one.run, begun) : undefined;
      if (file === undefined) return;
      const onStep = (step: string) => board.set(one.run.arn, `${one.key}  ${step}`);
      const waiting = followFile(file, ports, { timeout: options.timeout, interval, onStep })
        .then(ended)
        .catch((error: unknown): Partial<Again> => broken(one, error));
      waits.push(
        waiting.then((result) => {
          results[index] = { ...results[index]!, ...result };
          board.set(one.run.arn, `${one.key}  ${words(results[index].outcome)}`);
        }),
      );
    } catch (error) {
      results[index] = broken(one, error);
    }
  });
  await Promise.all(waits);
  board.end();
  return results;
}

const broken = (one: Chosen, error: unknown): Again => ({ ...one, outcome: 'failed', error: messageOf(error) });

const ended = (result: FollowResult): Partial<Again> => ({
  outcome: result.outcome,
  milliseconds: result.milliseconds,
  ...(endedWell(result) ? {} : { error: result.error ?? words(result.outcome) }),
});

const columns = [
  { title: 'failed run' },
  { title: 'file' },
  { title: 'failed of' },
  { title: 'outcome', style: outcomeStyle },
  { title: 'run' },
  { title: 'took', align: 'right' as const },
  { title: 'error' },
];

function show({ terminal }: Session, { left }: Selection, results: Again[], since: Date): void {
  if (terminal.mode === 'json') {
    terminal.json({
      since: since.toISOString(),
      results: results.map(({ run, key, outcome, now, error }) => ({
        ...{ failed_run: run.arn, failed_of: run.error ?? run.status, key, outcome },
        ...{ run: now ?? null, redriven: now === run.arn, error: error ?? null },
      })),
      left_out: left.map(({ run, key, why }) => ({ failed_run: run.arn, key, why })),
    });
    return;
  }
  const short = (name: string) => (terminal.mode === 'table' ? name.slice(0, 18) : name);
  terminal.table(
    columns,
    results.map(({ run, key, outcome, now, error, milliseconds }) => [
      short(run.name),
      key.split('/').slice(1).join('/') || key,
      run.error ?? run.status,
      words(outcome),
      short(now?.split(':').at(-1) ?? ''),
      milliseconds === undefined ? '' : formatDuration(milliseconds),
      error ?? '',
    ]),
  );
  terminal.note(summary(results, left, since));
}

/** `3 files whose runs failed since …: 2 done, 1 rejected; 4 left out: 3 done since, 1 another run is at it`. */
function summary(results: Again[], left: Selection['left'], since: Date): string {
  const first = `${plural(results.length, 'file')} whose runs failed since ${formatTime(since)}`;
  const outcomes = counted(results.map(({ outcome }) => words(outcome)));
  const rest =
    left.length === 0 ? '' : `; ${formatCount(left.length)} left out: ${counted(left.map(({ why }) => why))}`;
  return `${first}${outcomes && `: ${outcomes}`}${rest}`;
}

function counted(names: string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${formatCount(count)} ${name}`).join(', ');
}
