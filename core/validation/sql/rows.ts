import type { ColumnType, Dataset } from '../../contract/dataset.ts';
import type { Binding } from '../header.ts';
import { VALUE_CHARACTERS } from '../reasons.ts';
import type { SplitSummary } from '../splitter.ts';
import { rulesOf } from './rules.ts';
import { identifier, list, literal, readCsv } from './text.ts';
import { typedSql } from './values.ts';

/**
 * The contract as DuckDB SQL: texts to typed values, rules, reasons. Reads what the splitter staged; decides what a
 * value is, never what a record is.
 */

/** Where the staged fields of a file are, and how long its rows get. */
export interface Staged {
  path: string;
  summary: SplitSummary;
}

/** One row a staged record: `_record`, `_line`, `_faults`, `_rescued` and the texts `r0`, `r1` … of the columns. */
export function textsSql(dataset: Dataset, { path, summary }: Staged): string {
  const { binding } = summary;
  const fields = binding ? binding.fields : dataset.columns.length + 2;
  const names = Array.from({ length: fields }, (_, index): [string, string] => [`c${index}`, 'VARCHAR']);
  const staged = readCsv(
    path,
    [['_record', 'BIGINT'], ['_line', 'BIGINT'], ...names],
    summary.longest,
    summary.multiline,
  );
  const places = binding ? binding.columns : dataset.columns.map((_, index) => index);
  const texts = places.map(
    (place, index) => `${place === undefined ? 'NULL::VARCHAR' : `nullif(c${place}, '')`} AS r${index}`,
  );
  const rescued = binding ? rescuedSql(binding) : `nullif(c${fields - 2}, '')`;
  const faults = binding ? 'NULL::VARCHAR' : `nullif(c${fields - 1}, '')`;
  return `SELECT _record, _line, ${faults} AS _faults, ${rescued} AS _rescued, ${list(texts)} FROM ${staged}`;
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
function checkedSql(dataset: Dataset, staged: Staged): string {
  const values = dataset.columns.map(({ type }, index) => `${typedSql(type, `r${index}`)} AS v${index}`);
  const broken = dataset.columns.flatMap(rulesOf).map(({ broken }) => `coalesce(${broken}, false)`);
  return `SELECT *, NOT (${['_faults IS NOT NULL', ...broken].join(' OR ')}) AS _ok
    FROM (SELECT *, ${list(values)} FROM (${textsSql(dataset, staged)}))`;
}

/**
 * md5 of the non-null values as `name:length=value`, in contract order. How a value was written does not count, and a
 * nullable column added later leaves the hashes of old rows as they are. The lengths keep texts from posing as columns.
 */
function hashSql(dataset: Dataset): string {
  const pair = (name: string, value: string, isAscii: boolean) => {
    const size = isAscii ? `length(${value})` : `strlen(${value})`;
    return `coalesce(${literal(`${name}:`)} || ${size} || '=' || ${value}, '')`;
  };
  const pairs = dataset.columns.map(({ name, type }, index) =>
    pair(name, type.kind === 'string' ? `v${index}` : `v${index}::VARCHAR`, type.kind !== 'string'),
  );
  return `md5(${[...pairs, pair('meta_rescued', '_rescued', false)].join(' || ')})`;
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

/** The rows that break no rule, as they go to staging, in the order of the file. */
export function acceptedSql(dataset: Dataset, staged: Staged, { fileId, lastModified }: Lineage): string {
  const typeOf = (name: string) => dataset.columns.findIndex((column) => column.name === name);
  const versions = dataset.versionColumns.map((name) =>
    versionPart(dataset.columns[typeOf(name)]!.type, `v${typeOf(name)}`),
  );
  const modified = literal(String(lastModified).padStart(15, '0'));
  const deleted = dataset.deletedColumn ? `coalesce(v${typeOf(dataset.deletedColumn)}, false)` : 'false';
  const columns = [
    ...dataset.columns.map(({ name }, index) => `v${index} AS ${identifier(name)}`),
    `${[...versions, modified, '_hash'].join(" || '|' || ")} AS meta_version`,
    `${deleted} AS meta_deleted`,
    `${literal(fileId)} AS meta_file_id`,
    '_record AS meta_record',
    '_hash AS meta_row_hash',
    ...(dataset.key.length === 0 ? ["_hash || '-1' AS meta_row_id"] : []),
    '_rescued AS meta_rescued',
  ];
  return `SELECT ${list(columns)} FROM (SELECT *, ${hashSql(dataset)} AS _hash FROM (${checkedSql(dataset, staged)}) WHERE _ok)`;
}

/** The type of a row's reasons, as in the quarantine table. */
const REASONS = 'STRUCT(column_name VARCHAR, "rule" VARCHAR, "value" VARCHAR, message VARCHAR)[]';

/** Record, line and every reason of each row that breaks a rule. */
export function brokenSql(dataset: Dataset, staged: Staged): string {
  const cases = dataset.columns.flatMap(rulesOf).map(({ column, rule, broken, sentence, text }) => {
    const found = rule === 'required' ? '' : ` || ', found ' || to_json(left(${text}, 100))::VARCHAR`;
    return `CASE WHEN ${broken} THEN {'column_name': ${literal(column)}, 'rule': ${literal(rule)},
      'value': left(${text}, ${VALUE_CHARACTERS}), 'message': ${literal(sentence)}${found}} END`;
  });
  const shape = literal('[{"column_name":"VARCHAR","rule":"VARCHAR","value":"VARCHAR","message":"VARCHAR"}]');
  const faults = `coalesce(from_json(_faults, ${shape}), [])`;
  return `SELECT _record AS record, _line AS line,
    list_concat(${faults}, list_filter([${list(cases)}], lambda reason: reason IS NOT NULL))::${REASONS} AS reasons
    FROM (${checkedSql(dataset, staged)}) WHERE NOT _ok`;
}

/** Records that the splitter found damaged, in the shape of `brokenSql`. */
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

/** The quarantine file: the rejected rows with their raw text. */
export function rejectedSql(table: string, rawPath: string, longest: number, stageId: string): string {
  const raw = readCsv(
    rawPath,
    [
      ['record', 'BIGINT'],
      ['raw', 'VARCHAR'],
    ],
    longest,
    true,
  );
  return `SELECT ${literal(stageId)} AS stage_id, record, line, raw, reasons FROM ${table} JOIN ${raw} USING (record) ORDER BY record`;
}
