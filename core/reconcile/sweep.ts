import { sweepBronze } from './bronze.ts';
import { type Sweep, sweepLanding } from './landing.ts';
import type { SweepOptions, SweepPorts } from './ports.ts';
import { add, note, type SweepReport, sentenceOf, type TableFinding } from './report.ts';
import { type Started, startFor } from './runs.ts';
import { seenFiles } from './seen.ts';
import { sideBySide } from './side-by-side.ts';
import { staleDatasets } from './stale.ts';
import { lookAtTable, type TableState, wakeTable } from './tables.ts';
import { type Candidate, leave, nameOf, newTally, remember, type Tally } from './tally.ts';

/** Runs started at once; StartExecution is limited for the whole account. */
const startsAtOnce = 8;
/** More of these than ever are datasets in a project; they are looked at side by side. */
const tablesAtOnce = 4;

/**
 * Holds landing and bronze against the ledger, and does what keeps every file on its way: starts runs for files that were
 * missed or whose run is gone, reports failures of which nobody was told, gives back leases of runs that have ended, and
 * wakes tables on which files wait. It may be repeated, and run twice at once. Files of which the ledger can not be asked
 * are told as not accounted for; throws only when a listing fails.
 */
export async function reconcile(ports: SweepPorts, options: SweepOptions): Promise<SweepReport> {
  const now = ports.clock.now();
  const tally = newTally(options.maxStarts);
  const names = options.dataset === undefined ? Object.keys(ports.datasets) : [options.dataset];
  const states = await lookAtTables(ports, options, names, now, tally);
  const sweep: Sweep = {
    ports,
    options,
    now,
    tally,
    moves: (table) => states.find((state) => state.table === table)?.moves === true,
  };
  const seen = seenFiles();
  await sweepBronze(sweep, seen);
  await sweepLanding(sweep, seen);
  await ports.failures.page().catch((error: unknown) => remember(tally, error));
  const unaccounted = await startRuns(ports, options, now, tally);
  const tables = [
    ...states.flatMap(({ finding }) => finding ?? []),
    ...(await wakeTables(ports, options, names, tally)),
  ];
  const lost = tally.files - tally.classified;
  const report = {
    at: now.toISOString(),
    milliseconds: ports.clock.now().getTime() - now.getTime(),
    dataset: options.dataset ?? null,
    dry_run: options.dryRun,
    files: tally.files,
    accounted_for: tally.files - lost - unaccounted,
    classes: tally.classes,
    datasets: tally.datasets,
    zones: tally.zones,
    missed: tally.missed,
    started: tally.started,
    not_started: tally.notStarted,
    reported: tally.reported,
    stuck: tally.stuck,
    bronze: tally.bronze,
    tables,
    stale: staleDatasets(pick(ports.datasets, names), tally.newest, now),
    errors: tally.errors,
  };
  return { ...report, sentence: sentenceOf(report) };
}

async function lookAtTables(ports: SweepPorts, options: SweepOptions, names: string[], now: Date, tally: Tally) {
  const states: TableState[] = [];
  await sideBySide(names, tablesAtOnce, async (name) => {
    try {
      const state = await lookAtTable(ports, options, name, now);
      states.push(state);
      if (state.reported !== undefined) {
        const what = 'it held the lease of the table when it failed, and nobody had been told';
        note(tally.reported, { key: `table ${name}`, what, run: state.reported });
      }
    } catch (error) {
      remember(tally, error);
    }
  });
  return states;
}

async function wakeTables(ports: SweepPorts, options: SweepOptions, names: string[], tally: Tally) {
  const woken: TableFinding[] = [];
  await sideBySide(names, tablesAtOnce, async (name) => {
    try {
      const finding = await wakeTable(ports, options, name);
      if (finding !== undefined) woken.push(finding);
    } catch (error) {
      remember(tally, error);
    }
  });
  for (const [table, { files, failed }] of tally.waiting) {
    const helped = !failed && woken.some((finding) => finding.table === table && finding.run !== undefined);
    if (!helped) add(tally.stuck, files);
  }
  return woken;
}

/** Oldest first, as many as one sweep may; the next goes on with the rest. Returns how many missed files have none. */
async function startRuns(ports: SweepPorts, options: SweepOptions, now: Date, tally: Tally): Promise<number> {
  let withRun = 0;
  const candidates = tally.candidates.list();
  await sideBySide(candidates, startsAtOnce, async (candidate) => {
    const { what } = candidate;
    try {
      const result = await start(ports, options, now, candidate);
      if (result.outcome === 'exhausted') leave(tally, candidate);
      else if (candidate.class === 'missed' && !options.dryRun) withRun += 1;
      if (result.outcome === 'started') note(tally.started, nameOf(candidate, what, result.run));
    } catch (error) {
      remember(tally, error);
      note(tally.notStarted, nameOf(candidate, `${what}; no run could be started: ${String(error)}`));
    }
  });
  const rest = tally.candidates.count - candidates.length;
  if (rest > 0) {
    const what = `${rest} more: a sweep starts at most ${options.maxStarts} runs, the next goes on`;
    note(tally.notStarted, { key: '-', what });
    tally.notStarted.count += rest - 1;
  }
  return tally.missed.count - withRun;
}

async function start(
  ports: SweepPorts,
  { dryRun }: SweepOptions,
  now: Date,
  { version, fileId, lastRun }: Candidate,
): Promise<Started | { outcome: 'started'; run?: undefined }> {
  if (dryRun) return { outcome: 'started' };
  return startFor(ports, { bucket: ports.bucket, ...version }, fileId, now, lastRun);
}

const pick = <T>(all: Record<string, T>, names: string[]): Record<string, T> =>
  Object.fromEntries(names.flatMap((name) => (name in all ? [[name, all[name]!]] : [])));
