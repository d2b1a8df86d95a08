import { ContractError } from '../errors.ts';
import { nameProblem, type ParsedColumn, parseColumn } from './column.ts';
import type { Dataset } from './dataset.ts';
import { readExtras, TableExtras } from './extras.ts';
import { freshnessOf } from './freshness.ts';
import { linkMoney } from './money.ts';
import { readQuality } from './quality.ts';
import { ContractDocument, ContractProperty, ContractTable } from './schema.ts';
import { readSource, type Source } from './source.ts';
import { checkTable, keyColumns, partitionOf, TABLE } from './table.ts';

/** Athena's DDL and MERGE stay well under its 262,144 bytes up to here. */
const MAX_COLUMNS = 300;

/**
 * Compiles the text of `<dataset>.odcs.yaml` (Open Data Contract Standard v3.2) to a Dataset. Throws ContractError with
 * one line `file:line:column: reason` for every problem in it, in the order of the text.
 */
export function parseContract(text: string, fileName: string): Dataset {
  const source = readSource(text);
  const dataset = source.problems.length === 0 ? readDataset(source, fileName) : undefined;
  if (dataset && source.problems.length === 0) return dataset;
  const problems = source.problems
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ line, column, reason }) => `${fileName}:${line}:${column}: ${reason}`);
  throw new ContractError([...new Set(problems)].join('\n') || `${fileName}:1:1: the contract can not be read`);
}

function readDataset(source: Source, fileName: string): Dataset | undefined {
  const document = source.check(ContractDocument, source.value, []);
  const table = source.check(ContractTable, (source.value as { schema?: unknown[] } | null)?.schema?.[0], TABLE);
  if (!table) return undefined;
  const extras = readExtras(table.customProperties, TableExtras, source, TABLE);
  const columns = linkMoney(readColumns(table.properties, extras, source), source);
  const key = keyColumns(columns, source);
  const partition = partitionOf(columns, source);
  const quality = readQuality(
    [
      { path: TABLE, checks: table.quality },
      ...columns.map(({ path, column, property }) => ({ path, column: column.name, checks: property.quality })),
    ],
    { columns: namesOf(table.properties), key },
    source,
  );
  checkTable(extras, columns, key, source);
  if (!document || !extras) return undefined;

  checkNames(document.name, table.name, fileName, source);
  const { team } = document;
  return {
    name: document.name,
    version: document.version,
    description: document.description.purpose,
    owner: team.members?.find((member) => member.role === 'owner')?.username ?? team.name,
    // The one key column is unique by itself: rows that repeat a key are settled before.
    columns: columns.map(({ column }) =>
      key.length === 1 && key[0] === column.name ? { ...column, unique: undefined } : column,
    ),
    key,
    versionColumns: extras.versionColumns,
    history: extras.history,
    drift: extras.drift,
    file: extras.file ?? {},
    references: columns.flatMap(({ references }) => references),
    ...quality,
    deletedColumn: extras.deletedColumn,
    partition,
    maxRejectPercent: extras.maxRejectPercent,
    // resources/alarms.cjs makes the alarm with the same default.
    alarmRejectPercent: extras.alarmRejectPercent ?? (extras.maxRejectPercent * 4) / 5,
    freshnessSeconds: freshnessOf(document.slaProperties ?? [], source),
  };
}

/** Of all properties, those with mistakes included, so that nothing is said of columns that are there. */
function namesOf(properties: unknown[]): string[] {
  return properties.map((property) => String((property as { name?: unknown } | null)?.name));
}

/** As the ledger calls what a file belongs to for which there is no contract. */
const NO_DATASET = 'unknown';

function checkNames(name: string, table: string, fileName: string, source: Source): void {
  const problem = nameProblem(name);
  if (problem) source.report(['name'], problem);
  if (name === NO_DATASET) {
    source.report(['name'], `"${name}" is what files without a contract are called in the ledger: choose another name`);
  }
  if (table !== name)
    source.report([...TABLE, 'name'], `the table must have the dataset's name, ${name}, not ${table}`);
  const base = fileName.slice(fileName.lastIndexOf('/') + 1);
  if (base !== `${name}.odcs.yaml`)
    source.report(['name'], `the contract of ${name} must be the file ${name}.odcs.yaml`);
}

function readColumns(properties: unknown[], table: TableExtras | undefined, source: Source): ParsedColumn[] {
  if (properties.length > MAX_COLUMNS) {
    source.report([...TABLE, 'properties'], `${properties.length} columns; at most ${MAX_COLUMNS} are possible`);
  }
  const columns: ParsedColumn[] = [];
  const taken = new Map<string, string>();
  for (const [index, value] of properties.entries()) {
    const path = [...TABLE, 'properties', index];
    const property = source.check(ContractProperty, value, path);
    const parsed = property && parseColumn(property, table, source, path);
    if (!parsed) continue;
    for (const header of [parsed.column.name, ...parsed.column.aliases]) {
      const owner = taken.get(header.toLowerCase());
      const whose = owner === parsed.column.name ? 'twice' : `by ${owner} and by ${parsed.column.name}`;
      if (owner)
        source.report([...path, 'name'], `the name or alias "${header}" is used ${whose} (case does not count)`);
      taken.set(header.toLowerCase(), parsed.column.name);
      if (header !== header.trim()) source.report([...path, 'customProperties'], `alias "${header}" has spaces around`);
    }
    columns.push(parsed);
  }
  return columns;
}
