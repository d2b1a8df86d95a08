import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dataset } from '../core/contract/dataset.ts';
import { parseContract } from '../core/contract/parse.ts';
import { checkReferences } from '../core/contract/references.ts';
import type { SqlFiles } from '../core/merge/statements.ts';

/** The folder that holds `schemas/` and `sql/`: the function's package in Lambda, the checkout elsewhere. */
const root = () => process.env.LAMBDA_TASK_ROOT ?? dirname(dirname(fileURLToPath(import.meta.url)));

/** Every contract, compiled, by dataset name. Throws ContractError with file, line and reason. */
export function readDatasets(folder = join(root(), 'schemas')): Record<string, Dataset> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.odcs.yaml'));
  const datasets = files.map((file) => parseContract(readFileSync(join(folder, file), 'utf8'), file));
  const byName = Object.fromEntries(datasets.map((dataset) => [dataset.name, dataset]));
  checkReferences(byName);
  return byName;
}

/** The text of every file under `sql/`, by its path without the ending. */
export function readSqlFiles(folder = join(root(), 'sql')): SqlFiles {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sql'));
  return Object.fromEntries(
    files.map((file) => [file.replaceAll('\\', '/').replace(/\.sql$/, ''), readFileSync(join(folder, file), 'utf8')]),
  );
}
