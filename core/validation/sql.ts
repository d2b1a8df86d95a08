import type { Column, ColumnType, Dataset } from '../contract/dataset.ts';
import type { Binding } from './header.ts';
import { VALUE_CHARACTERS } from './reasons.ts';
import type { SplitSummary } from './splitter.ts';

/**
 * The contract as DuckDB SQL: texts to typed values, rules, reasons, duplicates, profile. Reads what the splitter
 * staged; decides what a value is, never what a record is.
 */

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const list = (items: string[]): string => items.join(', ');

/** Where the staged fields of a file are, and how long its rows get. */
export interface Staged {
  path: string;
  summary: SplitSummary;
}

/**
 * A strict, explicit read of a CSV file of ours: nothing is sniffed, nothing is skipped. In parallel only where no
 * field has a line end: DuckDB's parallel scan goes wrong on long ones.
 */
export function readCsv(
  path: string,
  columns: [name: string, type: string][],
  longest: number,
  multiline: boolean,
): string {
  const lineSize = Math.max(longest + 128, 65536);
  return `read_csv(${literal(path)}, columns={${list(columns.map(([name, type]) => `${literal(name)}: ${literal(type)}`))}},
    header=false, auto_detect=false, strict_mode=true, null_padding=false, ignore_errors=false, comment='', new_line='\\n',
    delim=',', quote='"', escape='"', nullstr=chr(1)||chr(2)||'null', parallel=${!multiline},
    max_line_size=${lineSize}, buffer_size=${Math.max(4 * 1024 * 1024, 3 * lineSize)})`;
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

/** The calendar has no year 0. */
const DATE = '([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-[0-9]{2}-[0-9]{2}';
const TIME = `${DATE}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?`;
const OFFSET = '[+-]([01][0-9]|2[0-3]):[0-5][0-9]';
/**
 * The first and the last microsecond of the years 0001 to 9999 in UTC, where Athena's literals and partitions end. With
 * a UTC offset a time can lie beyond the year that its text names.
 */
const FIRST_INSTANT = -62_135_596_800_000_000n;
const LAST_INSTANT = 253_402_300_799_999_999n;

/**
 * The typed value of a text; NULL when the text is not exactly of the type. Never a bare TRY_CAST, which takes ` 1 `,
 * `1.5` and `1e3` for integers, `epoch` for a time, and drops a UTC offset. Instants become microseconds since 1970
 * (UTC), since external tables hold timestamps in milliseconds only.
 */
export function typedSql(type: ColumnType, text: string): string {
  const when = (pattern: string, value: string) => `WHEN regexp_full_match(${text}, ${literal(pattern)}) THEN ${value}`;
  switch (type.kind) {
    case 'string':
      return text;
    case 'int':
      return `CASE ${when('[+-]?[0-9]{1,19}([.]0{1,9})?', `try_cast(${text} AS INTEGER)`)} END`;
    case 'bigint':
      return `CASE ${when('[+-]?[0-9]{1,19}([.]0{1,9})?', `try_cast(${text} AS BIGINT)`)} END`;
    case 'decimal': {
      const whole = type.precision > type.scale ? `0*[0-9]{1,${type.precision - type.scale}}` : '0+';
      const fraction = type.scale > 0 ? `([.][0-9]{1,${type.scale}}0*)?` : '([.]0+)?';
      return `CASE ${when(`[+-]?${whole}${fraction}`, `try_cast(${text} AS DECIMAL(${type.precision},${type.scale}))`)} END`;
    }
    case 'double': {
      const value = `try_cast(${text} AS DOUBLE)`;
      return `CASE ${when('[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,3})?', `CASE WHEN isfinite(${value}) THEN ${value} END`)} END`;
    }
    case 'boolean':
      return `CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case 'date':
      return `CASE ${when(DATE, `try_cast(${text} AS DATE)`)} END`;
    case 'timestamp': {
      const shifted = `epoch_us(try_cast(${text} AS TIMESTAMPTZ))`;
      return `CASE ${when(`${TIME}Z?`, `epoch_us(try_cast(${text} AS TIMESTAMP))`)} ${when(
        `${TIME}${OFFSET}`,
        `CASE WHEN ${shifted} BETWEEN ${FIRST_INSTANT} AND ${LAST_INSTANT} THEN ${shifted} END`,
      )} END`;
    }
  }
}

/** What a value of the type looks like, for the sentence that refuses another. */
function typeSentence(type: ColumnType): string {
  switch (type.kind) {
    case 'int':
      return 'must be a whole number between -2147483648 and 2147483647';
    case 'bigint':
      return 'must be a whole number of at most 64 bits';
    case 'decimal':
      return `must be a number with at most ${type.precision - type.scale} digits before and ${type.scale} after the point`;
    case 'double':
      return 'must be a number';
    case 'boolean':
      return 'must be true or false';
    case 'date':
      return 'must be a date like 2025-01-31, of the years 0001 to 9999';
    case 'timestamp':
      return 'must be a time like 2025-01-31T23:59:59Z, of the years 0001 to 9999 in UTC';
    default:
      return 'must be a text';
  }
}

interface Rule {
  column: string;
  rule: string;
  /** SQL that is true for a value that breaks the rule. */
  broken: string;
  sentence: string;
  /** SQL of the offending text. */
  text: string;
}

/** A value that the contract gives, as SQL of the same form as the column's typed values. */
function valueSql(value: string, type: ColumnType): string {
  switch (type.kind) {
    case 'timestamp':
      return `${Date.parse(value)}000::BIGINT`;
    case 'string':
      return literal(value);
    case 'int':
    case 'bigint':
      return `${value}::BIGINT`;
    case 'decimal':
      return `${literal(value)}::DECIMAL(${type.precision},${type.scale})`;
    default:
      return `${literal(value)}::${type.kind}`;
  }
}

function rulesOf(column: Column, index: number): Rule[] {
  const { name, type } = column;
  const [text, value] = [`r${index}`, `v${index}`];
  const rules: Rule[] = [];
  const add = (rule: string, broken: string, sentence: string) =>
    rules.push({ column: name, rule, broken, sentence: `${name} ${sentence}`, text });
  if (column.required) add('required', `${text} IS NULL`, 'is required and is missing or empty');
  if (type.kind !== 'string') add('type', `(${text} IS NOT NULL AND ${value} IS NULL)`, typeSentence(type));
  if (column.pattern !== undefined) {
    const broken = `NOT regexp_full_match(${text}, ${literal(column.pattern)})`;
    add('pattern', broken, `must match the pattern ${column.pattern}`);
  }
  if (column.minLength !== undefined) {
    add('min_length', `length(${text}) < ${column.minLength}`, `must have at least ${column.minLength} characters`);
  }
  if (column.maxLength !== undefined) {
    add('max_length', `length(${text}) > ${column.maxLength}`, `must have at most ${column.maxLength} characters`);
  }
  if (column.minimum !== undefined) {
    add('minimum', `${value} < ${valueSql(column.minimum, type)}`, `must be at least ${column.minimum}`);
  }
  if (column.maximum !== undefined) {
    add('maximum', `${value} > ${valueSql(column.maximum, type)}`, `must be at most ${column.maximum}`);
  }
  if (column.enum !== undefined) {
    const allowed = list(column.enum.map((item) => valueSql(item, type)));
    add('enum', `${value} NOT IN (${allowed})`, `must be one of ${list(column.enum)}`);
  }
  return rules;
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

/**
 * The rows of a keyed file that another row of it beats: `meta_record` and `fate`. The greatest version of a key wins;
 * a repeat of the same content is a duplicate, other content is superseded. Candidates come from a hash of the key,
 * so that the exact ranking is done among few rows.
 */
export function losersSql(key: string[], parquet: string): string {
  const columns = list(key.map(identifier));
  const from = `read_parquet(${literal(parquet)})`;
  return `WITH ranked AS (
      SELECT meta_record,
        row_number() OVER (PARTITION BY ${columns}, meta_row_hash ORDER BY meta_record) AS copy,
        meta_version = max(meta_version) OVER (PARTITION BY ${columns}) AS newest
      FROM ${from}
      WHERE hash(${columns}) IN (SELECT hash(${columns}) FROM ${from} GROUP BY 1 HAVING count(*) > 1))
    SELECT meta_record, CASE WHEN copy > 1 THEN 'duplicate' ELSE 'superseded' END AS fate
    FROM ranked WHERE copy > 1 OR NOT newest`;
}

/** The repeats in a file without a key: `meta_record` and `occurrence`, from 2 on. */
export function repeatsSql(parquet: string): string {
  const from = `read_parquet(${literal(parquet)})`;
  return `SELECT meta_record, occurrence FROM (
      SELECT meta_record, row_number() OVER (PARTITION BY meta_row_hash ORDER BY meta_record) AS occurrence FROM ${from}
      WHERE meta_row_hash IN (SELECT meta_row_hash FROM ${from} GROUP BY 1 HAVING count(*) > 1))
    WHERE occurrence > 1`;
}

/** For every column one struct `p0`, `p1` … with nulls, distinct (approximate), min and max; of PII no values. */
export function profileSql(dataset: Dataset, parquet: string): string {
  const parts = dataset.columns.map(({ name, type, pii }, index) => {
    const column = identifier(name);
    const shown = (aggregate: string) => {
      const value = `${aggregate}(${column})`;
      if (pii) return 'NULL::VARCHAR';
      if (type.kind === 'timestamp') return `strftime(make_timestamp(${value}), '%Y-%m-%dT%H:%M:%S.%fZ')`;
      return type.kind === 'string' ? `left(${value}, ${VALUE_CHARACTERS})` : `${value}::VARCHAR`;
    };
    return `{'nulls': (count(*) - count(${column}))::DOUBLE, 'distinct': approx_count_distinct(${column})::DOUBLE,
      'min': ${shown('min')}, 'max': ${shown('max')}} AS p${index}`;
  });
  return `SELECT ${list(parts)} FROM read_parquet(${literal(parquet)})`;
}

/** The partitions that a file touches and the rows in each: `partition`, `row_count`. */
export function partitionsSql(dataset: Dataset, parquet: string): string | undefined {
  if (!dataset.partition) return undefined;
  const { column, transform } = dataset.partition;
  const name = identifier(column);
  const type = dataset.columns.find((candidate) => candidate.name === column)?.type.kind;
  const format = { day: '%Y-%m-%d', month: '%Y-%m', year: '%Y', identity: '' }[transform];
  const value = type === 'timestamp' ? `make_timestamp(${name})` : name;
  const text = transform === 'identity' ? `${name}::VARCHAR` : `strftime(${value}, ${literal(format)})`;
  return `SELECT ${text} AS "partition", count(*)::DOUBLE AS row_count FROM read_parquet(${literal(parquet)}) GROUP BY 1 ORDER BY 1`;
}
