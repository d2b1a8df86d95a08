import { ContractError } from '../errors.ts';
import { customProperties, nameProblem, type ParsedColumn, parseColumn } from './column.ts';
import type { Dataset } from './dataset.ts';
import { ContractDocument, ContractProperty, ContractTable, TableExtras } from './schema.ts';
import { type Path, readSource, type Source } from './source.ts';

/** Athena's DDL and MERGE stay well under its 262,144 bytes up to here. */
const MAX_COLUMNS = 300;
const TABLE: Path = ['schema', 0];

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
  const columns = readColumns(table.properties, source);
  const extras = customProperties(table.customProperties, TableExtras, source, TABLE);
  const key = keyColumns(columns, source);
  const partition = partitionOf(columns, source);
  if (extras) checkExtras(extras, columns, key, source);
  if (!document || !extras) return undefined;

  checkNames(document.name, table.name, fileName, source);
  const { team } = document;
  return {
    name: document.name,
    version: document.version,
    description: document.description.purpose,
    owner: team.members?.find((member) => member.role === 'owner')?.username ?? team.name,
    columns: columns.map(({ column }) => column),
    key,
    versionColumns: extras.versionColumns,
    history: extras.history,
    drift: extras.drift,
    file: {},
    rowRules: [],
    gates: [],
    deletedColumn: extras.deletedColumn,
    partition,
    maxRejectPercent: extras.maxRejectPercent,
    // resources/alarms.cjs makes the alarm with the same default.
    alarmRejectPercent: extras.alarmRejectPercent ?? (extras.maxRejectPercent * 4) / 5,
  };
}

function checkNames(name: string, table: string, fileName: string, source: Source): void {
  const problem = nameProblem(name);
  if (problem) source.report(['name'], problem);
  if (table !== name)
    source.report([...TABLE, 'name'], `the table must have the dataset's name, ${name}, not ${table}`);
  const base = fileName.slice(fileName.lastIndexOf('/') + 1);
  if (base !== `${name}.odcs.yaml`)
    source.report(['name'], `the contract of ${name} must be the file ${name}.odcs.yaml`);
}

function readColumns(properties: unknown[], source: Source): ParsedColumn[] {
  if (properties.length > MAX_COLUMNS) {
    source.report([...TABLE, 'properties'], `${properties.length} columns; at most ${MAX_COLUMNS} are possible`);
  }
  const columns: ParsedColumn[] = [];
  const taken = new Map<string, string>();
  for (const [index, value] of properties.entries()) {
    const path = [...TABLE, 'properties', index];
    const property = source.check(ContractProperty, value, path);
    const parsed = property && parseColumn(property, source, path);
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

function keyColumns(columns: ParsedColumn[], source: Source): string[] {
  const keys = columns.filter(({ property }) => property.primaryKey);
  const position = ({ property }: ParsedColumn) => property.primaryKeyPosition ?? 1;
  if (new Set(keys.map(position)).size < keys.length) {
    source.report([...keys.at(-1)!.path, 'primaryKey'], 'key columns need a primaryKeyPosition each, all different');
  }
  for (const { property, path } of columns) {
    if (property.primaryKeyPosition !== undefined && !property.primaryKey) {
      source.report([...path, 'primaryKeyPosition'], `${property.name}: has a key position but is no primaryKey`);
    }
  }
  return keys.sort((a, b) => position(a) - position(b)).map(({ column }) => column.name);
}

function partitionOf(columns: ParsedColumn[], source: Source): Dataset['partition'] {
  const partitioned = columns.filter(({ property }) => property.partitioned);
  for (const { property, path, partitionTransform, column } of columns) {
    const say = (reason: string) => source.report([...path, 'partitioned'], `${property.name}: ${reason}`);
    if (!property.partitioned) {
      if (partitionTransform || property.partitionKeyPosition) say('partitioning needs partitioned: true');
      continue;
    }
    if (!partitionTransform) say('a partition column needs the customProperty partitionTransform');
    if (!column.required) say('a partition column must be required');
    const allowed = partitionTransform === 'identity' ? ['string', 'int', 'bigint', 'date'] : ['date', 'timestamp'];
    if (partitionTransform && !allowed.includes(column.type.kind)) {
      say(`partitionTransform ${partitionTransform} needs a column of type ${allowed.join(' or ')}`);
    }
  }
  if (partitioned.length > 1)
    source.report([...partitioned[1]!.path, 'partitioned'], 'a table has one partition column');
  const [first] = partitioned;
  return first?.partitionTransform && { column: first.column.name, transform: first.partitionTransform };
}

function checkExtras(extras: TableExtras, columns: ParsedColumn[], key: string[], source: Source): void {
  const index = (name: string) =>
    (
      (source.value as { schema: { customProperties?: { property?: string }[] }[] }).schema[0]?.customProperties ?? []
    ).findIndex((item) => item?.property === name);
  const say = (name: string, reason: string) => source.report([...TABLE, 'customProperties', index(name)], reason);
  const typeOf = (name: string) => columns.find(({ column }) => column.name === name)?.column.type;

  if (key.length === 0 && !extras.identity) {
    source.report(
      [...TABLE, 'name'],
      'no column is primaryKey: name the key, or state identity: content if there is none',
    );
  }
  if (key.length > 0 && extras.identity) say('identity', 'identity: content contradicts the primaryKey columns');
  if (extras.identity && extras.history === 'latest') {
    say('history', 'rows known by their content have no versions: history must be append');
  }
  for (const name of extras.versionColumns) {
    const type = typeOf(name);
    if (!type) say('versionColumns', `version column ${name} is not a column`);
    else if (!['timestamp', 'date', 'int', 'bigint', 'decimal'].includes(type.kind)) {
      say(
        'versionColumns',
        `version column ${name} is a ${type.kind}; it must be a timestamp, date, integer or decimal`,
      );
    }
    if (type?.kind === 'decimal' && type.precision > 37) {
      say('versionColumns', `version column ${name} has ${type.precision} digits; at most 37 can be ordered`);
    }
  }
  if (new Set(extras.versionColumns).size < extras.versionColumns.length) {
    say('versionColumns', 'a version column is listed twice');
  }
  if (extras.deletedColumn && typeOf(extras.deletedColumn)?.kind !== 'boolean') {
    say('deletedColumn', `deletedColumn ${extras.deletedColumn} must be a boolean column of the contract`);
  }
  if ((extras.alarmRejectPercent ?? 0) > extras.maxRejectPercent) {
    say('alarmRejectPercent', 'the alarm could never ring: alarmRejectPercent is above maxRejectPercent');
  }
}
