import type { ColumnType, Dataset } from '../../contract/dataset.ts';
import type { Binding } from '../header.ts';
import { VALUE_CHARACTERS } from '../reasons.ts';
import type { SplitSummary } from '../splitter.ts';
import { foundSql, type Rule, rulesOf } from './rules.ts';
import { identifier, list, literal, readCsv, readParquetRows } from './text.ts';
import { typedRowsSql } from './typed.ts';

/**
 * The contract as DuckDB SQL: texts to typed values, rules, reasons. Reads what the splitter staged, or a Parquet file;
 * decides what a value is, never what a record is.
 */

/** Records as texts: rows that the splitter staged, or a Parquet file. */
export type Staged = StagedText | StagedParquet;

export interface StagedText {
  kind: 'text';
  path: string;
  summary: Pick<SplitSummary, 'binding' | 'dialect' | 'longest' | 'multiline'>;
}

export interface StagedParquet {
  kind: 'parquet';
  path: string;
  binding: Binding;
  /** For each column of the file SQL that writes its value as text. */
  texts: string[];
  /** SQL of the faults of a row as JSON, null if it has none. */
  faults: string;
  /** Temp table of the records to read; all if it is not given. */
  only?: string;
}

/**
 * One row a staged record: `_record`, `_line`, `_faults`, `_rescued` and the texts `r0`, `r1` … of the columns. Records in
 * the table `apart` are left out.
 */
function textsSql(dataset: Dataset, staged: Staged, apart?: string): string {
  const { from, fields, binding } = staged.kind === 'text' ? stagedRows(dataset, staged) : parquetRows(staged);
  const places = binding ? binding.columns : dataset.columns.map((_, index) => index);
  const texts = places.map(
    (place, index) => `${place === undefined ? 'NULL::VARCHAR' : `nullif(c${place}, '')`} AS r${index}`,
  );
  const rescued = binding ? rescuedSql(binding) : `nullif(c${fields - 2}, '')`;
  // Not an anti join: that may build its table of the many rows instead of the few.
  const rest = apart === undefined ? from : `${from} WHERE _record NOT IN (SELECT record FROM ${apart})`;
  return `SELECT ${list([...prefix(staged, fields), `${rescued} AS _rescued`, ...texts])} FROM ${rest}`;
}

const prefix = (staged: Staged, fields: number): string[] =>
  staged.kind === 'parquet'
    ? ['_record', 'NULL::BIGINT AS _line', '_faults']
    : ['_record', '_line', `${staged.summary.binding ? 'NULL::VARCHAR' : `nullif(c${fields - 1}, '')`} AS _faults`];

function stagedRows(dataset: Dataset, { path, summary }: StagedText) {
  const { binding } = summary;
  // JSON is staged as the columns of the contract, rescued JSON and faults.
  const fields = binding ? binding.fields : dataset.columns.length + 2;
  const names = Array.from({ length: fields }, (_, index): [string, string] => [`c${index}`, 'VARCHAR']);
  const columns: [string, string][] = [['_record', 'BIGINT'], ['_line', 'BIGINT'], ...names];
  return { from: readCsv(path, columns, summary.longest, summary.multiline, summary.dialect), fields, binding };
}

function parquetRows({ path, texts, faults, binding, only }: StagedParquet) {
  const filter = only === undefined ? '' : `SEMI JOIN ${only} ON ${only}.record = file_row_number + 1`;
  const columns = texts.map((text, index) => `${text} AS c${index}`);
  const from = `(SELECT file_row_number + 1 AS _record, ${faults} AS _faults, ${list(columns)}
    FROM ${readParquetRows(path)} ${filter})`;
  return { from, fields: texts.length, binding, record: '_record' };
}

function rescuedSql({ extra }: Binding): string {
  if (extra.length === 0) return 'NULL::VARCHAR';
  const members = extra.map(
    ({ index, name }) =>
      `CASE WHEN c${index} <> '' THEN ${literal(`${JSON.stringify(name)}:`)} || to_json(c${index})::VARCHAR END`,
  );
  return `CASE WHEN ${extra.map(({ index }) => `c${index} <> ''`).join(' OR ')} THEN '{' || concat_ws(',', ${list(members)}) || '}' END`;
}

/** Texts, typed values `v0`, `v1` … and `_ok`: whether the record breaks no rule. */
function checkedSql(dataset: Dataset, staged: Staged, apart?: string): string {
  const broken = errorsOf(dataset).map(({ broken }) => `coalesce(${broken}, false)`);
  return `SELECT *, NOT (${['_faults IS NOT NULL', ...broken].join(' OR ')}) AS _ok
    FROM (${typedRowsSql(dataset, textsSql(dataset, staged, apart))})`;
}

const errorsOf = (dataset: Dataset): Rule[] => rulesOf(dataset).filter(({ severity }) => severity === 'error');

/** Names of the rules that a row breaks without being rejected, as `column.rule`; null if there are none. */
function warningsSql(dataset: Dataset): string {
  const warnings = rulesOf(dataset).filter(({ severity }) => severity === 'warning');
  if (warnings.length === 0) return 'NULL::VARCHAR';
  const named = warnings.map(({ column, rule, broken }) => {
    const name = column === '' ? rule : `${column}.${rule}`;
    return `CASE WHEN ${broken} THEN ${literal(name)} END`;
  });
  return `nullif(concat_ws(',', ${list(named)}), '')`;
}

/**
 * md5 of the non-null values as `name=value`, by name, with a NUL between them, which no value holds. How a value was
 * written does not count, nor the order of the columns; and a nullable column added later leaves the hashes of old rows
 * as they are.
 */
function hashSql(dataset: Dataset): string {
  const partOf = (name: string, index: number, nullable: boolean) => ({ name, value: `v${index}`, nullable });
  const columns = dataset.columns.map(({ name, required }, index) => partOf(name, index, !required));
  const parts = [...columns, { name: 'meta_rescued', value: '_rescued', nullable: true }]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, value, nullable }) => {
      const tag = `chr(0) || ${literal(`${name}=`)}`;
      return nullable ? [`CASE WHEN ${value} IS NOT NULL THEN concat(${tag}, ${value}) END`] : [tag, value];
    });
  return `md5(concat(${list(parts)}))`;
}

/** Years 0 to 9999 in microseconds since year 0: never negative, 18 digits. */
const YEAR_ZERO = 62_167_219_200_000_000n;

/** A version column as text that sorts bytewise as its values do; a missing value sorts before all others. */
function versionPart(type: ColumnType, value: string): string {
  const part = {
    timestamp: `lpad((${value} + ${YEAR_ZERO})::VARCHAR, 18, '0')`,
    date: `${value}::VARCHAR`,
    decimal: `lpad((replace(${value}::VARCHAR, '.', '')::HUGEINT + ${10n ** 37n})::VARCHAR, 38, '0')`,
    int: `lpad((${value}::HUGEINT + ${2n ** 63n})::VARCHAR, 20, '0')`,
    bigint: `lpad((${value}::HUGEINT + ${2n ** 63n})::VARCHAR, 20, '0')`,
  }[type.kind as 'timestamp'];
  return `coalesce(${part}, '-')`;
}

export interface Lineage {
  fileId: string;
  /** Milliseconds since 1970 at which the object was stored. */
  lastModified: number;
}

/** The columns of a staging file, in their order: those of the contract, then our own. */
export const stagedColumns = (dataset: Dataset): string[] => [
  ...dataset.columns.map(({ name }) => name),
  ...['meta_version', 'meta_deleted', 'meta_file_id', 'meta_record', 'meta_row_hash'],
  ...(dataset.key.length === 0 ? ['meta_occurrence'] : []),
  ...['meta_warnings', 'meta_rescued'],
];

function stagedValues(dataset: Dataset, { fileId, lastModified }: Lineage): string {
  const indexOf = (name: string) => dataset.columns.findIndex((column) => column.name === name);
  const versions = dataset.versionColumns.map((name) =>
    versionPart(dataset.columns[indexOf(name)]!.type, `v${indexOf(name)}`),
  );
  const values: Record<string, string> = {
    ...Object.fromEntries(dataset.columns.map(({ name }, index) => [name, `v${index}`])),
    meta_version: [...versions, literal(String(lastModified).padStart(15, '0'))].join(" || '|' || "),
    meta_deleted: dataset.deletedColumn ? `coalesce(v${indexOf(dataset.deletedColumn)}, false)` : 'false',
    meta_file_id: literal(fileId),
    meta_record: '_record',
    meta_row_hash: '_hash',
    meta_occurrence: '1::BIGINT',
    meta_warnings: '_warnings',
    meta_rescued: '_rescued',
  };
  return list(stagedColumns(dataset).map((name) => `${values[name]} AS ${identifier(name)}`));
}

/** The rows that break no rule, as they go to staging, without the records in the table `apart`. */
export function acceptedSql(dataset: Dataset, staged: Staged, lineage: Lineage, apart?: string): string {
  return `SELECT ${stagedValues(dataset, lineage)} FROM (
    SELECT *, ${hashSql(dataset)} AS _hash, ${warningsSql(dataset)} AS _warnings
    FROM (${checkedSql(dataset, staged, apart)}) WHERE _ok)`;
}

/** The type of a row's reasons, as in the quarantine table. */
const REASONS = 'STRUCT(column_name VARCHAR, "rule" VARCHAR, "value" VARCHAR, message VARCHAR)[]';

/** One reason as SQL, for a row of which `broken` holds; NULL for others. */
export function reasonSql({
  column,
  rule,
  broken,
  sentence,
  text,
  found,
}: Omit<Rule, 'severity' | 'found'> & Partial<Rule>): string {
  return `CASE WHEN ${broken} THEN {'column_name': ${column === '' ? 'NULL' : literal(column)}, 'rule': ${literal(rule)},
      'value': left(${text}, ${VALUE_CHARACTERS}), 'message': ${literal(sentence)} || ${found ?? foundSql(text)}} END`;
}

export const reasonList = (cases: string[]): string =>
  cases.length === 0
    ? `[]::${REASONS}`
    : `list_filter([${list(cases)}], lambda reason: reason IS NOT NULL)::${REASONS}`;

/** Record, line and every reason of each row that breaks a rule. */
export function brokenSql(dataset: Dataset, staged: Staged): string {
  const shape = literal('[{"column_name":"VARCHAR","rule":"VARCHAR","value":"VARCHAR","message":"VARCHAR"}]');
  const faults = `coalesce(from_json(_faults, ${shape}), [])::${REASONS}`;
  return `SELECT _record AS record, _line AS line,
    list_concat(${faults}, ${reasonList(errorsOf(dataset).map(reasonSql))}) AS reasons
    FROM (${checkedSql(dataset, staged)}) WHERE NOT _ok`;
}

/** `_record` and `_line` of each row, and the texts of some columns as they are in the file: `_text0`, `_text1` …. */
export function linesSql(dataset: Dataset, staged: Staged, columns: string[]): string {
  const texts = columns.map((name, index) => {
    const place = dataset.columns.findIndex((column) => column.name === name);
    return `r${place} AS _text${index}`;
  });
  return `SELECT ${list(['_record', '_line', ...texts])} FROM (${textsSql(dataset, staged)})`;
}

/** For each record and each of the column groups, the hash of its values: `record`, `h0`, `h1` …; null if one is null. */
export function fingerprintsSql(dataset: Dataset, staged: Staged, groups: string[][]): string {
  const value = (name: string) => `v${dataset.columns.findIndex((column) => column.name === name)}`;
  const hashes = groups.map((names, group) => {
    const missing = names.map((name) => `${value(name)} IS NULL`).join(' OR ');
    return `CASE WHEN NOT (${missing}) THEN hash(${list(names.map(value))}) END AS h${group}`;
  });
  const rows = typedRowsSql({ ...dataset, rowRules: [] }, textsSql(dataset, staged));
  return `SELECT _record AS record, ${list(hashes)} FROM (${rows})`;
}

/** Records that the splitter found damaged: `record`, `line`, `reasons`. */
export function damagedSql(path: string, longest: number): string {
  const columns: [string, string][] = [
    ['record', 'BIGINT'],
    ['line', 'BIGINT'],
    ['rule', 'VARCHAR'],
    ['value', 'VARCHAR'],
    ['message', 'VARCHAR'],
  ];
  return `SELECT record, line,
    [{'column_name': NULL, 'rule': rule, 'value': nullif(value, ''), 'message': message}]::${REASONS} AS reasons
    FROM ${readCsv(path, columns, longest, true)}`;
}

/** The raw texts of records, from a file of ours. */
export function rawSql(path: string, longest: number): string {
  const columns: [string, string][] = [
    ['record', 'BIGINT'],
    ['raw', 'VARCHAR'],
  ];
  return `SELECT * FROM ${readCsv(path, columns, longest, true)}`;
}
