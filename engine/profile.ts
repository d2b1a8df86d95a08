import type { Dataset, Gate } from '../core/contract/dataset.ts';
import type { RowCounts } from '../core/ledger/items.ts';
import type { ColumnProfile, Example, GateResult } from '../core/validation/result.ts';
import { examplesSql } from '../core/validation/sql/examples.ts';
import { holds, measureSql } from '../core/validation/sql/gates.ts';
import { profileSql, topSql } from '../core/validation/sql/profile.ts';
import type { DuckDb } from './duckdb.ts';

/** How often each reason was given, as `column.rule`. */
export async function countReasons(db: DuckDb): Promise<Record<string, number>> {
  const rows = await db.rows<{ reason: string; n: number }>(
    `SELECT concat_ws('.', reason.column_name, reason.rule) AS reason, count(*)::DOUBLE AS n
     FROM (SELECT unnest(reasons) AS reason FROM rejects) GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ reason, n }) => [reason, n]));
}

/** Of each reason a few values that were refused for it. */
export async function exampleReasons(db: DuckDb, dataset: Dataset): Promise<Record<string, Example[]>> {
  const examples = new Map<string, Example[]>();
  const rows = await db.rows<{ reason: string; value: string | null; n: number; record: number; line: number | null }>(
    examplesSql(dataset),
  );
  for (const { reason, value, n, record, line } of rows) {
    examples.set(reason, [...(examples.get(reason) ?? []), { value, rows: n, record, line }]);
  }
  return Object.fromEntries(examples);
}

/** How many accepted rows carry each warning, as `column.rule`. */
export async function countWarnings(db: DuckDb, accepted: string): Promise<Record<string, number>> {
  const rows = await db.rows<{ warning: string; n: number }>(
    `SELECT warning, count(*)::DOUBLE AS n
     FROM (SELECT unnest(string_split(meta_warnings, ',')) AS warning FROM ${accepted} WHERE meta_warnings IS NOT NULL)
     GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ warning, n }) => [warning, n]));
}

/** Nulls, distinct values, range and most frequent values of each column of the accepted rows. */
export async function profileColumns(
  db: DuckDb,
  dataset: Dataset,
  accepted: string,
): Promise<Record<string, ColumnProfile>> {
  const [row] = await db.rows<Record<string, ColumnProfile>>(profileSql(dataset, accepted));
  const profile = Object.fromEntries(dataset.columns.map(({ name }, index) => [name, row![`p${index}`]!]));
  const top = topSql(dataset, accepted);
  if (top === undefined) return profile;
  for (const { column_name, value, n } of await db.rows<{ column_name: string; value: string; n: number }>(top)) {
    const column = profile[column_name]!;
    column.top = [...(column.top ?? []), { value, rows: n }];
  }
  return profile;
}

/** Measures every gate of the contract. */
export async function checkGates(
  db: DuckDb,
  gates: Gate[],
  accepted: string,
  counts: RowCounts,
): Promise<GateResult[]> {
  const results: GateResult[] = [];
  for (const gate of gates) {
    const [row] = await db.rows<{ n: number }>(measureSql(gate, accepted));
    const whole = gate.metric === 'invalid_values' ? counts.in : counts.accepted;
    const measured = gate.unit === 'rows' ? row!.n : whole === 0 ? 0 : (100 * row!.n) / whole;
    const { name, unit, severity } = gate;
    results.push({ name, severity, measured, unit, passed: holds(gate, measured) });
  }
  return results;
}
