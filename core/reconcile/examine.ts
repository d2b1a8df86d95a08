import { type FileState, fileState, getFile } from '../ledger/files.ts';
import type { FileItem } from '../ledger/items.ts';
import { passesByItself } from './passing.ts';
import type { SweepOptions, SweepPorts } from './ports.ts';
import type { FileClass } from './report.ts';
import { endedBadly, isRunning } from './runs.ts';

export interface Examined {
  class: FileClass;
  /** A run is to be started again, and why. */
  start?: string;
  /** Why it is stuck. */
  stuck?: string;
  /** It is staged and has waited for long, while its table does not move: stuck unless that only lacked a run. */
  waits?: string;
  /** A run whose failure is, or has just been, reported. */
  reported?: string;
}

/** Since when the file stands as it does. */
const ageOf = (file: FileItem, now: Date) => now.getTime() - Date.parse(file.updated_at);

/**
 * Finds out where a file of the ledger stands, and what is to be done about it. `moves` tells whether a table's batches
 * go on: files that are staged are its business, and not that of their own runs.
 */
export async function examine(
  ports: SweepPorts,
  options: SweepOptions,
  now: Date,
  file: FileItem,
  moves: (table: string) => boolean,
): Promise<Examined> {
  const { state, batch } = await fileState(ports.ledger, file);
  const error = file.error ?? batch?.error;
  switch (state) {
    case 'received':
      return ageOf(file, now) > options.graceMilliseconds
        ? await lookAtRun(ports, options, now, file)
        : { class: 'received' };
    case 'staged':
    case 'merged':
      return { class: state, ...standing(file, state, moves(file.dataset), options, now) };
    case 'failed':
      return passesByItself(error) && ageOf(file, now) > options.graceMilliseconds
        ? await failedOfPassing(ports, file, error!)
        : { class: 'failed' };
    case 'rejected':
      return { class: file.dataset === 'unknown' ? 'unknown_dataset' : 'rejected' };
    default:
      return { class: state };
  }
}

function standing(file: FileItem, state: FileState, moves: boolean, options: SweepOptions, now: Date) {
  if (moves || ageOf(file, now) <= options.stuckMilliseconds) return {};
  const error = file.error === undefined ? '' : `; its own run failed: ${file.error}`;
  return { waits: `${state}, and its table does not move${error}` };
}

/** A file that was claimed and got no further: what its run has to say for it. */
async function lookAtRun(ports: SweepPorts, options: SweepOptions, now: Date, file: FileItem): Promise<Examined> {
  const run = await ports.runs.describe(file.run);
  if (isRunning(run)) {
    const long = ageOf(file, now) > options.stuckMilliseconds;
    return { class: 'received', ...(long && { stuck: 'its run goes on, but nothing has been heard of it' }) };
  }
  if (run === undefined) return { class: 'received', start: 'its run is gone' };
  if (!endedBadly(run)) return { class: 'received', start: 'its run ended without having done anything' };
  // The event that tells of the failure may still be on its way.
  const ended = now.getTime() - (run.stoppedAt ?? run.startedAt).getTime();
  if (ended <= options.graceMilliseconds) return { class: 'received' };
  if (options.dryRun) return { class: 'received', reported: file.run };
  await ports.failures.note(file.run);
  const marked = await getFile(ports.ledger, file.file_id);
  if (marked?.status !== 'failed') return { class: marked?.status ?? 'received', reported: file.run };
  const again = passesByItself(marked.error) ? { start: `its run failed: ${marked.error}` } : {};
  return { class: 'failed', reported: file.run, ...again };
}

async function failedOfPassing(ports: SweepPorts, file: FileItem, error: string): Promise<Examined> {
  // It may have been redriven, and go on from where it failed.
  if (isRunning(await ports.runs.describe(file.run))) return { class: 'failed' };
  return { class: 'failed', start: `its run failed: ${error}` };
}
