import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Up to where a log group was read: streams from `since` on that were taken, by name, with the time of their last line. */
export interface LogPosition {
  since: number;
  taken: Record<string, number>;
}

export interface Positions {
  logs: Record<string, LogPosition>;
  /** Status changes that were counted, with the time. */
  changes: Record<string, number>;
}

/** Lines are written a moment after they get their time; this is looked back. */
const OVERLAP_MILLIS = 10_000;
/** An event can come again for as long as the queue keeps it. */
const CHANGES_MILLIS = 4 * 24 * 3600 * 1000;

export interface LogLine {
  stream: string;
  at: number;
  message: string;
}

/**
 * Which of the lines read are new, and the position after them. A function's stream is written whole, at once, so a
 * stream is taken or not.
 */
export function advance(position: LogPosition, lines: LogLine[]): { fresh: LogLine[]; position: LogPosition } {
  const fresh = lines.filter((line) => line.at >= position.since && !(line.stream in position.taken));
  if (fresh.length === 0) return { fresh, position };
  const taken = { ...position.taken };
  for (const line of fresh) taken[line.stream] = Math.max(taken[line.stream] ?? 0, line.at);
  const newest = Math.max(...Object.values(taken));
  const since = Math.max(position.since, newest - OVERLAP_MILLIS);
  const kept = Object.fromEntries(Object.entries(taken).filter(([, at]) => at >= since));
  return { fresh, position: { since, taken: kept } };
}

export function forgetOldChanges(changes: Record<string, number>, now: number): Record<string, number> {
  return Object.fromEntries(Object.entries(changes).filter(([, at]) => at > now - CHANGES_MILLIS));
}

export function readPositions(folder: string): Positions {
  const file = join(folder, 'positions.json');
  if (!existsSync(file)) return { logs: {}, changes: {} };
  return JSON.parse(readFileSync(file, 'utf8')) as Positions;
}

export function writePositions(folder: string, positions: Positions): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'positions.json');
  writeFileSync(`${file}.new`, JSON.stringify(positions));
  renameSync(`${file}.new`, file);
}
