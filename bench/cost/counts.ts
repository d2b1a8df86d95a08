/** What AWS bills by use; a sum of any of these is one, too. */
export interface Counts {
  /** Standard workflow: states entered, and retries. */
  transitions: number;
  invocations: number;
  /** Memory that the functions have, times the time they ran. */
  gbSeconds: number;
  queries: number;
  scannedBytes: number;
  writeUnits: number;
  readUnits: number;
  /** PUT, COPY, POST and LIST. */
  s3Writes: number;
  /** GET and HEAD. */
  s3Reads: number;
  glueRequests: number;
  logBytes: number;
  traces: number;
}

export const nothing: Counts = {
  transitions: 0,
  invocations: 0,
  gbSeconds: 0,
  queries: 0,
  scannedBytes: 0,
  writeUnits: 0,
  readUnits: 0,
  s3Writes: 0,
  s3Reads: 0,
  glueRequests: 0,
  logBytes: 0,
  traces: 0,
};

export const names = Object.keys(nothing) as (keyof Counts)[];

const each = (made: (name: keyof Counts) => number): Counts =>
  Object.fromEntries(names.map((name) => [name, made(name)])) as unknown as Counts;

export const plus = (...all: Counts[]): Counts => each((name) => all.reduce((sum, counts) => sum + counts[name], 0));
export const times = (counts: Counts, factor: number): Counts => each((name) => counts[name] * factor);
/** What `more` has beyond `less`; never below zero, since two measurements differ by chance as well. */
export const beyond = (more: Counts, less: Counts): Counts => each((name) => Math.max(0, more[name] - less[name]));
