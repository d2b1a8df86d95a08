import { passesByItself } from '../../core/reconcile/passing.ts';
import type { SweepOptions, SweepPorts } from '../../core/reconcile/ports.ts';
import { type Named, type SweepReport, sentenceOf } from '../../core/reconcile/report.ts';
import { endedBadly, isRunning } from '../../core/reconcile/runs.ts';
import { reconcile } from '../../core/reconcile/sweep.ts';
import { waitsForRun } from '../../core/reconcile/tables.ts';
import type { Session } from '../context.ts';

const lookEvery = 2_000;

/**
 * Sweeps until nothing is under way, the time is over, or a table has failed for good, and returns the last report; the
 * runs that were started are those of all sweeps together.
 */
export async function sweepUntilQuiet(
  { clock, terminal }: Pick<Session, 'clock' | 'terminal'>,
  ports: SweepPorts,
  options: SweepOptions,
  timeout: number,
): Promise<SweepReport> {
  const deadline = clock.now().getTime() + timeout;
  const board = terminal.board();
  const earlier: SweepReport[] = [];
  for (;;) {
    const report = await reconcile(ports, options);
    board.set('sweep', `${report.sentence}${isQuiet(report) ? '' : '; waiting'}`);
    if (isQuiet(report) || clock.now().getTime() > deadline) {
      board.end();
      return together([...earlier, report]);
    }
    await runsEnd(ports, clock, report, deadline);
    const refused = await refusedTables(ports, report);
    if (refused.length > 0) {
      board.end();
      return together([...earlier, withStuck(report, refused)]);
    }
    earlier.push(report);
  }
}

/** Tables whose run has failed of what does not pass by itself: the next sweep's would, too, and so on. */
async function refusedTables(ports: SweepPorts, { tables }: SweepReport): Promise<Named[]> {
  const refused: Named[] = [];
  for (const { table, run } of tables.filter(({ what }) => what === waitsForRun)) {
    const ended = run === undefined ? undefined : await ports.runs.describe(run);
    if (!endedBadly(ended) || passesByItself(ended!.error)) continue;
    refused.push({ key: `table ${table}`, what: `the run that was started for it failed: ${ended!.error}`, run });
  }
  return refused;
}

function withStuck(report: SweepReport, more: Named[]): SweepReport {
  const stuck = { count: report.stuck.count + more.length, first: [...more, ...report.stuck.first] };
  return { ...report, stuck, sentence: sentenceOf({ ...report, stuck }) };
}

const isQuiet = ({ classes, started, tables }: SweepReport): boolean =>
  classes.received + classes.arriving + classes.staged + classes.merged + started.count === 0 && tables.length === 0;

/** Waits for the runs that the sweep has started, so that not every look is a whole sweep. */
async function runsEnd(ports: SweepPorts, clock: Session['clock'], report: SweepReport, deadline: number) {
  const started = [...report.started.first, ...report.tables].flatMap(({ run }) => run ?? []);
  await clock.sleep(lookEvery);
  for (const run of started) {
    while (isRunning(await ports.runs.describe(run))) {
      if (clock.now().getTime() > deadline) return;
      await clock.sleep(lookEvery);
    }
  }
}

function together(reports: SweepReport[]): SweepReport {
  const last = reports.at(-1)!;
  const all = (list: 'missed' | 'started' | 'reported') => ({
    count: reports.reduce((sum, report) => sum + report[list].count, 0),
    first: reports.flatMap((report) => report[list].first).slice(0, 100),
  });
  return {
    ...last,
    missed: all('missed'),
    started: all('started'),
    reported: all('reported'),
    tables: reports.flatMap(({ tables }) => tables),
  };
}
