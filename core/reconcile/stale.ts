import type { SweepPorts } from './ports.ts';
import type { StaleDataset } from './report.ts';

/** Datasets of which a file should have come, by their contracts, since the newest that did. */
export function staleDatasets(
  datasets: SweepPorts['datasets'],
  newest: Record<string, string>,
  now: Date,
): StaleDataset[] {
  return Object.entries(datasets).flatMap(([dataset, { freshnessSeconds }]) => {
    if (freshnessSeconds === undefined) return [];
    const last = newest[dataset];
    if (last !== undefined && now.getTime() - Date.parse(last) <= freshnessSeconds * 1000) return [];
    return [{ dataset, newest: last ?? null, expected_within_seconds: freshnessSeconds }];
  });
}
