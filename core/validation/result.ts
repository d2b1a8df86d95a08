import type { Gate, Severity } from '../contract/dataset.ts';
import { FileRejectedError } from '../errors.ts';
import type { RowCounts } from '../ledger/items.ts';
import type { Compression, Format } from './recognise.ts';

export interface ColumnProfile {
  nulls: number;
  /** Approximate number of different values. */
  distinct: number;
  /** Null when every value is, or when the column is personal data. */
  min: string | null;
  max: string | null;
  /** Values of an enumeration or boolean by their frequency; not of personal data. */
  top?: { value: string; rows: number }[];
}

/** A value that was refused, and how often. */
export interface Example {
  /** Null where it is not to be shown. */
  value: string | null;
  /** Among the first 100,000 rejected rows. */
  rows: number;
  /** Where the first is: the record from 1 on, and the line of a text file. */
  record: number;
  line: number | null;
}

/** What a gate of the contract measured: rows, or percent of them. */
export interface GateResult {
  name: string;
  severity: Severity;
  measured: number;
  unit: 'rows' | 'percent';
  passed: boolean;
}

/** Small enough to lie beside the staging file as JSON. */
export interface Profile {
  dataset: string;
  contract_version: string;
  file_id: string;
  stage_id: string;
  format: Format;
  compression: Compression | 'none';
  /** Of a text file: how it is encoded; of CSV also what is between its fields. */
  encoding?: string;
  delimiter?: string;
  counts: RowCounts;
  rejected_percent: number;
  reasons: Record<string, number>;
  /** By reason, the most frequent first; at least one each. */
  examples?: Record<string, Example[]>;
  /** Accepted rows that break a rule which only warns, by `column.rule`. */
  warnings: Record<string, number>;
  gates: GateResult[];
  /** Columns of the file that the contract does not know. */
  unknown_columns: string[];
  /** Of the accepted rows. */
  columns: Record<string, ColumnProfile>;
  partitions: { partition: string; rows: number }[];
  source_bytes: number;
  milliseconds: Record<string, number>;
}

export interface ValidationResult {
  counts: RowCounts;
  /** Share of rejected rows, 0–100. */
  rejectedPercent: number;
  /** How often each reason was given, as `column.rule`, or `rule` for damaged records. A row may have several. */
  reasons: Record<string, number>;
  /** Sorted values of the partition column after its transform: `2025-01-31`, `2025-01`, `2025`, or the text itself. */
  partitions: string[];
  /** Size of the accepted rows' files. */
  bytes: number;
  /** Size of the file after decompression. */
  sourceBytes: number;
  profile: Profile;
  /** Parquet files that together hold the accepted rows; at least one. */
  acceptedPaths: string[];
  /** Undefined when no row was rejected. */
  rejectedPath?: string;
  profilePath: string;
}

/** The file could be read but not taken; `result` tells what was found, so that its bad rows can be quarantined. */
export class RowsRejectedError extends FileRejectedError {
  readonly result: ValidationResult;

  constructor(message: string, result: ValidationResult) {
    super(message);
    this.result = result;
  }
}

/** More rows were rejected than the contract allows. */
export function tooManyRejects(result: ValidationResult, maxPercent: number): RowsRejectedError {
  const { counts, rejectedPercent, reasons } = result;
  const most = Object.entries(reasons).sort((a, b) => b[1] - a[1]);
  const named = most.slice(0, 5).map(([reason, count]) => `${reason} ${count}`);
  const more = most.length > 5 ? `, and ${most.length - 5} more` : '';
  return new RowsRejectedError(
    `${counts.rejected} of ${counts.in} rows (${percent(rejectedPercent, [maxPercent])}) were rejected and the contract allows ${percent(maxPercent)}: ${named.join(', ')}${more}. No row was taken; every rejected one is in quarantine with its reasons. Correct the file and drop it again.`,
    result,
  );
}

/** The file as a whole breaks a quality rule of the contract. */
export function gatesBroken(result: ValidationResult, broken: Gate[]): RowsRejectedError {
  const sentences = broken.map((gate) => {
    const { measured } = result.profile.gates.find(({ name }) => name === gate.name)!;
    return `${gate.name} (${describeGate(gate)}, found ${figure(measured, gate.unit, Object.values(gate.must).flat())})`;
  });
  return new RowsRejectedError(
    `the file breaks ${sentences.join('; ')}. No row was taken. Correct the file and drop it again, or change the quality rule in its contract.`,
    result,
  );
}

const WORDS: Record<keyof Gate['must'], string> = {
  be: 'must be',
  notBe: 'must not be',
  beGreaterThan: 'must be greater than',
  beGreaterOrEqualTo: 'must be at least',
  beLessThan: 'must be less than',
  beLessOrEqualTo: 'must be at most',
  beBetween: 'must be between',
  notBeBetween: 'must not be between',
};

/** The gate as words: `null values of email must be less than 5 %`. */
export function describeGate({ metric, columns, unit, must }: Gate): string {
  const what = metric.replace('_', ' ') + (columns.length > 0 ? ` of ${columns.join(', ')}` : '');
  const bounds = Object.entries(must).map(
    ([word, bound]) =>
      `${WORDS[word as 'be']} ${[bound]
        .flat()
        .map((value) => figure(value, unit))
        .join(' and ')}`,
  );
  return `${what} ${bounds.join(' and ')}`;
}

/** What a file was taken in spite of, a sentence each: rules that only warn, by how many rows break them; then gates. */
export function warningsOf({ profile }: ValidationResult, gates: Gate[]): string[] {
  const rules = Object.entries(profile.warnings)
    .sort(([, a], [, b]) => b - a)
    .map(([rule, rows]) => `${rows} ${rows === 1 ? 'row breaks' : 'rows break'} ${rule}`);
  const broken = profile.gates
    .filter(({ passed, severity }) => !passed && severity === 'warning')
    .map(({ name, measured, unit }) => {
      const gate = gates.find((candidate) => candidate.name === name)!;
      return `the file breaks ${name}: ${describeGate(gate)}, found ${figure(measured, unit, Object.values(gate.must).flat())}`;
    });
  return [...rules, ...broken];
}

const figure = (value: number, unit: Gate['unit'], bounds?: number[]): string =>
  unit === 'percent' ? percent(value, bounds) : String(value);

/** With two decimals, and as many more as tell the value from bounds that it is not. */
function percent(value: number, bounds: number[] = []): string {
  const shown = (figure: number, digits: number) => String(Number(figure.toFixed(digits)));
  let digits = 2;
  while (digits < 15 && bounds.some((bound) => bound !== value && shown(bound, digits) === shown(value, digits)))
    digits++;
  return `${shown(value, digits)} %`;
}
