/** A contract (`schemas/<dataset>.odcs.yaml`) compiled to what the pipeline works with. Plain data. */

export type ColumnType =
  | { kind: 'string' }
  | { kind: 'int' }
  | { kind: 'bigint' }
  | { kind: 'decimal'; precision: number; scale: number }
  | { kind: 'double' }
  | { kind: 'boolean' }
  | { kind: 'date' }
  | { kind: 'timestamp' };

/** Formats of texts, named as in the contract standard. */
export type TextFormat = 'email' | 'uuid' | 'uri' | 'hostname' | 'ipv4' | 'ipv6';

export type Severity = 'error' | 'warning';

/** Rules of one column, by the names that reasons carry. */
export type ColumnRule =
  | 'required'
  | 'type'
  | 'pattern'
  | 'format'
  | 'min_length'
  | 'max_length'
  | 'minimum'
  | 'maximum'
  | 'exclusive_minimum'
  | 'exclusive_maximum'
  | 'multiple_of'
  | 'enum'
  | 'currency'
  | 'unique';

/** Amounts that may carry their currency: `EUR 120.50`, `120.50 EUR`, `€120.50`. */
export interface Money {
  /** The column that has the currency; an amount fills it where it has no value of its own. */
  currency: string;
  /** What symbols mean that several currencies share, `{ "$": "USD" }`. */
  symbols: Record<string, string>;
}

/** What is done to a text before anything is checked, in this order. */
export interface Standardise {
  /** White space around it (Unicode) goes. */
  trim?: boolean;
  case?: 'lower' | 'upper';
  /** Spellings of a missing value; the empty text is always one. */
  nulls?: string[];
  /** Other spellings of a value, to the value: `{ "in transit": "shipped" }`. */
  values?: Record<string, string>;
}

export interface Column {
  /** lower_snake name in every table. */
  name: string;
  /** Further header names (CSV) or keys (JSON) that mean this column; compared without regard to case. */
  aliases: string[];
  type: ColumnType;
  required: boolean;
  standardise?: Standardise;
  /** Of numbers in text files: `,` for 1,5; by default a point. JSON and Parquet numbers are always written with a point. */
  decimalSeparator?: ',';
  /** Of numbers in text files: what stands between groups of three digits; by default nothing may. */
  thousandsSeparator?: '.' | ',' | ' ' | "'" | '_';
  /**
   * How dates or times are written, each a pattern of the JDK's DateTimeFormatter (a subset), or `iso`, or for times
   * `epoch_seconds`, `epoch_milliseconds`, `epoch_microseconds`. By default `iso`.
   */
  formats?: string[];
  /** IANA zone of times that are written without an offset; by default UTC. */
  timeZone?: string;
  money?: Money;
  /** Of a currency: the columns whose amounts may carry it. */
  filledBy?: string[];
  /** Full-match regular expression (RE2) on the standardised text. */
  pattern?: string;
  format?: TextFormat;
  minLength?: number;
  maxLength?: number;
  /** Bounds, as text that casts to the column's type. */
  minimum?: string;
  maximum?: string;
  exclusiveMinimum?: string;
  exclusiveMaximum?: string;
  multipleOf?: string;
  enum?: string[];
  /** No two rows of a file with different keys may share a value. */
  unique?: boolean;
  /** Rules that only warn: the row is accepted and counted. Never `type` or `unique`. */
  warnings?: ColumnRule[];
  pii: boolean;
}

/** A condition on a whole row: SQL over the typed columns; a row breaks it where it is false (null is not false). */
export interface RowRule {
  name: string;
  expression: string;
  /** The columns it names. */
  columns: string[];
  severity: Severity;
  /** A sentence for people. */
  message: string;
}

/** A bound on a figure of the whole file. The file is refused when it is broken, or warned about. */
export interface Gate {
  name: string;
  /** Measured on the accepted rows, except `invalid_values`: rows with a reason that names the column. */
  metric: 'row_count' | 'null_values' | 'invalid_values' | 'duplicate_values';
  /** Empty for `row_count`; several only for `duplicate_values`. */
  columns: string[];
  unit: 'rows' | 'percent';
  must: {
    be?: number;
    notBe?: number;
    beGreaterThan?: number;
    beGreaterOrEqualTo?: number;
    beLessThan?: number;
    beLessOrEqualTo?: number;
    beBetween?: [number, number];
    notBeBetween?: [number, number];
  };
  severity: Severity;
}

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'iso-8859-1';

/** How a dataset's text files are written, beyond what their content tells. */
export interface FileFormat {
  /** One ASCII character. Undefined: comma, semicolon, tab or bar, whichever splits the header into the contract's columns. */
  delimiter?: string;
  /** One ASCII character; `"` by default. Null: fields are never quoted. */
  quote?: string | null;
  /** False: there is no header line, and fields come in the order of the contract. True by default. */
  header?: boolean;
  /** Of files without a byte order mark, which tells by itself; UTF-8 by default. */
  encoding?: Encoding;
}

/** A column whose values are keys of another dataset's rows; null refers to nothing. */
export interface Reference {
  column: string;
  /** The parent: the dataset, and its one key column. */
  dataset: string;
  parentColumn: string;
  /**
   * What becomes of a row whose parent has not come yet. `flag`: it counts, and is counted as an orphan. `hold`: it waits,
   * seen by no mart, until the parent comes. It is never rejected, since that would depend on the order of files.
   */
  onOrphan: 'flag' | 'hold';
}

export interface Dataset {
  name: string;
  version: string;
  description: string;
  /** Who is told about quarantined rows. */
  owner: string;
  columns: Column[];
  /** Key columns. Empty: rows are identified by content and occurrence within the file. */
  key: string[];
  /** Columns that order the versions of one row, most significant first (timestamp, date, integer or decimal). */
  versionColumns: string[];
  /**
   * `latest` keeps one row a key; `scd2` every version of it, each valid from its first version column until the next;
   * `append`, of rows that are identified by their content, only ever inserts.
   */
  history: 'latest' | 'scd2' | 'append';
  /**
   * What happens to columns the contract does not know: `reject` refuses them, `rescue` keeps them in `meta_rescued`,
   * `evolve` keeps them there and makes them columns of the silver table, as strings.
   */
  drift: 'reject' | 'rescue' | 'evolve';
  file: FileFormat;
  references: Reference[];
  rowRules: RowRule[];
  gates: Gate[];
  /** Boolean column that marks a deleted row, if the contract names one. */
  deletedColumn?: string;
  partition?: { column: string; transform: 'day' | 'month' | 'year' | 'identity' };
  /** A file with a greater share of rejected rows is refused whole, 0–100. */
  maxRejectPercent: number;
  /** Share of rejected rows in one run above which the alarm rings, 0–100. */
  alarmRejectPercent: number;
  /** A new file is expected at least this often. */
  freshnessSeconds?: number;
}
