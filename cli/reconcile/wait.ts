import type { SweepOptions, SweepPorts } from '../../core/reconcile/ports.ts';
import type { SweepReport } from '../../core/reconcile/report.ts';
import { isRunning } from '../../core/reconcile/runs.ts';
import { reconcile } from '../../core/reconcile/sweep.ts';
import type { Session } from '../context.ts';

const lookEvery = 2_000;

/**
 * Sweeps until nothing is under way, or the time is over, and returns the last report; the runs that were started are
 * those of all sweeps together.
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
    earlier.push(report);
    await runsEnd(ports, clock, report, deadline);
  }
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
