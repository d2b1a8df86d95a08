import type { InputFormat } from './generate.ts';
import { rowsText } from './table.ts';

/** What the figures are held against, by contender and input. */
export interface Figures {
  /** Of a contender on an input, as far as it was measured. */
  cpu(contender: string, rows: number, format?: InputFormat): number | undefined;
  wall(contender: string, rows: number, format?: InputFormat): number | undefined;
  peakMb(contender: string, rows: number, format?: InputFormat): number | undefined;
  /** Megabytes of the decompressed file for each second of wall time. */
  speed(contender: string, rows: number, format?: InputFormat): number | undefined;
}

export interface Goal {
  goal: string;
  /** As measured, or why it was not. */
  measured: string;
  met: boolean | undefined;
}

export const OURS = 'tributary, 1 thread';
export const OURS_2 = 'tributary, 2 threads';
export const SAME_WORK = 'csv-parse + zod, same work';
export const PLAIN = 'csv-parse + zod, plain';
export const DUCKDB = 'DuckDB bare, 1 thread';
export const PANDAS = 'pandas + pyarrow';

const M = 1_000_000;

/** The goals for validation, each with what was measured. Ratios are of CPU time on one thread. */
export function goals(figures: Figures, sizes: number[]): Goal[] {
  const list: Goal[] = [];
  const atLeast = (goal: string, value: number | undefined, bound: number, unit: string) =>
    list.push({
      goal: `${goal} ≥ ${bound}${unit}`,
      ...shown(value, unit),
      met: value === undefined ? undefined : value >= bound,
    });
  const atMost = (goal: string, value: number | undefined, bound: number, unit: string) =>
    list.push({
      goal: `${goal} ≤ ${bound}${unit}`,
      ...shown(value, unit),
      met: value === undefined ? undefined : value <= bound,
    });

  if (sizes.includes(M)) {
    const cpu = (contender: string) => figures.cpu(contender, M);
    const faster = ratio(cpu(SAME_WORK), cpu(OURS));
    atLeast('1M: times faster than csv-parse + zod doing the same', faster, 4, ' ×');
    atLeast('1M: the same, stretch', faster, 7, ' ×');
    atMost('1M: times the CPU of DuckDB bare', ratio(cpu(OURS), cpu(DUCKDB)), 2.2, ' ×');
  }
  for (const [rows, bound] of [[M, 300] as const, [10 * M, 800] as const]) {
    if (!sizes.includes(rows)) continue;
    atMost(`${rowsText(rows)}: peak memory, 1 thread`, figures.peakMb(OURS, rows), bound, ' MB');
    atMost(`${rowsText(rows)}: peak memory, 2 threads`, figures.peakMb(OURS_2, rows), bound, ' MB');
  }
  if (sizes.includes(10_000)) atMost('10k: whole process, wall', figures.wall(OURS, 10_000), 0.4, ' s');
  if (sizes.includes(M)) {
    const json = figures.speed(OURS_2, M, 'jsonl');
    atLeast('1M: JSON lines', json, 30, ' MB/s');
    atLeast('1M: JSON lines, stretch', json, 60, ' MB/s');
    const gzip = ratio(figures.wall(OURS_2, M, 'csv.gz'), figures.wall(OURS_2, M));
    atMost('1M: gzip, times the wall time of plain', gzip, 1.15, ' ×');
  }
  return list;
}

const ratio = (a: number | undefined, b: number | undefined): number | undefined => (a && b ? a / b : undefined);

const shown = (value: number | undefined, unit: string): { measured: string } => ({
  measured: value === undefined ? 'not measured' : `${value.toFixed(value < 100 ? 2 : 0)}${unit}`,
});
