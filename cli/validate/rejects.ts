import { literal, readParquet } from '../../core/validation/sql/text.ts';
import type { DuckDb } from '../../engine/duckdb.ts';
import type { Reason } from '../quarantine/reason.ts';

export interface RejectedRow {
  record: number;
  line: number | null;
  raw: string | null;
  reasons: Reason[];
}

export interface ReasonCount {
  column: string | null;
  rule: string;
  /** Rows that have this reason. */
  rows: number;
  /** Of the first row that has it. */
  message: string;
  record: number;
  line: number | null;
}

type Texts = Record<string, string | null>;

/** The first rejected rows of a quarantine file, in the order of the input. */
export async function firstRejected(db: DuckDb, parquet: string, limit: number): Promise<RejectedRow[]> {
  const rows = await db.rows<{ record: string; line: string | null; raw: string | null; reasons: Texts[] }>(
    `SELECT record, line, raw, reasons FROM ${readParquet(parquet)} ORDER BY record LIMIT ${limit}`,
  );
  return rows.map(({ record, line, raw, reasons }) => ({
    record: Number(record),
    line: line === null ? null : Number(line),
    raw,
    reasons: reasons.map(({ column_name, rule, value, message }) => ({
      column: column_name ?? null,
      rule: rule ?? null,
      value: value ?? null,
      message: message ?? null,
    })),
  }));
}

/** Every reason with the number of rows that have it, the most frequent first. */
export async function countReasons(db: DuckDb, parquet: string): Promise<ReasonCount[]> {
  const rows = await db.rows<Texts>(
    `SELECT reason.column_name AS "column", reason.rule, count(DISTINCT record)::VARCHAR AS "rows",
       arg_min(reason.message, record) AS message, min(record)::VARCHAR AS record, arg_min(line, record)::VARCHAR AS line
     FROM (SELECT record, line, unnest(reasons) AS reason FROM ${readParquet(parquet)})
     GROUP BY 1, 2 ORDER BY count(DISTINCT record) DESC, 1 NULLS FIRST, 2`,
  );
  return rows.map((row) => ({
    column: row.column ?? null,
    rule: row.rule ?? '',
    rows: Number(row.rows),
    message: row.message ?? '',
    record: Number(row.record),
    line: row.line === null ? null : Number(row.line),
  }));
}

/** Writes the rejected rows as one JSON object a line, for people without a tool that reads Parquet. */
export async function writeJsonLines(db: DuckDb, parquet: string, to: string): Promise<void> {
  await db.run(
    `COPY (SELECT record, line, raw, reasons FROM ${readParquet(parquet)} ORDER BY record)
     TO ${literal(to)} (FORMAT json)`,
  );
}
