import type { Volume } from './day.ts';

/** The volumes of docs/guide/cost.md. */
export const examples: Volume[] = [
  { files: 24, rows: 10_000, tableGb: 1, together: false },
  { files: 1_000, rows: 1_000, tableGb: 10, together: false },
  { files: 1_000, rows: 1_000, tableGb: 10, together: true },
  { files: 200, rows: 100_000, tableGb: 100, together: false },
];
