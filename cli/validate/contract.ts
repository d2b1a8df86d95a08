import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readDatasets } from '../../aws/project-files.ts';
import type { Dataset } from '../../core/contract/dataset.ts';
import { parseContract } from '../../core/contract/parse.ts';
import { ContractError } from '../../core/errors.ts';
import { checkDataset } from '../drop/files.ts';
import { UsageError } from '../exit.ts';

/** The contract that `--contract` or `--dataset` names, else the one that the file's path tells. Throws UsageError. */
export function chooseContract(file: string, options: { dataset?: string; contract?: string }): Dataset {
  try {
    if (options.contract !== undefined) {
      if (options.dataset !== undefined) throw new UsageError('give either --dataset or --contract');
      return parseContract(readText(options.contract), options.contract);
    }
    const datasets = readDatasets();
    const known = Object.keys(datasets);
    if (options.dataset !== undefined) checkDataset(options.dataset, known);
    return datasets[options.dataset ?? datasetByPath(file, known)]!;
  } catch (error) {
    if (error instanceof ContractError) throw new UsageError(`the contract has mistakes:\n${error.message}`);
    throw error;
  }
}

/**
 * The dataset whose file this obviously is: it lies under `landing/<dataset>/`, or its name begins with that of exactly
 * one dataset, as in `orders-2026-03.csv`. Throws UsageError if it is not obvious.
 */
export function datasetByPath(file: string, known: string[]): string {
  const landed = /(?:^|[/\\])landing[/\\]([^/\\]+)[/\\]/.exec(file)?.[1];
  if (landed !== undefined && known.includes(landed)) return landed;
  const name = basename(file).toLowerCase();
  const fitting = known.filter((dataset) => name === dataset || /^[^a-z]/.test(afterPrefix(name, dataset)));
  if (fitting.length === 1) return fitting[0]!;
  throw new UsageError(
    `which dataset is it? Name it with --dataset (there are: ${[...known].sort().join(', ')}), or a contract with --contract FILE`,
  );
}

/** What follows the dataset's name in a file name, or a letter if the file is not named like it. */
const afterPrefix = (name: string, dataset: string): string =>
  name.startsWith(dataset) ? name.slice(dataset.length) : 'x';

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`the contract can not be read: ${(error as Error).message}`);
  }
}
