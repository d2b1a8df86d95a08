import type { Volume } from './day.ts';

/** The volumes of docs/guide/cost.md. */
export const examples: Volume[] = [
  { files: 24, rows: 10_000, tableGb: 1, together: false },
  { files: 1_000, rows: 1_000, tableGb: 1, together: false },
  { files: 1_000, rows: 1_000, tableGb: 1, together: true },
  { files: 24, rows: 1_000_000, tableGb: 50, together: false },
];
