import type { Dataset } from '../contract/dataset.ts';
import { UnknownDatasetError } from '../errors.ts';

/** The contract of a dataset that a run has begun with; throws UnknownDatasetError if it has been removed since. */
export function contractOf(datasets: Record<string, Dataset>, name: string): Dataset {
  const dataset = datasets[name];
  if (dataset === undefined) {
    throw new UnknownDatasetError(`there is no contract schemas/${name}.odcs.yaml any more; restore it and re-run`);
  }
  return dataset;
}
