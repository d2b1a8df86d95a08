import type { Session } from '../context.ts';
import { allRows, runQuery } from '../query/run-query.ts';
import type { Reason } from './reason.ts';

export interface RejectedRow {
  file_id: string;
  /** Number of the record in the file, from 1. */
  record: number;
  /** The line it begins on, where the format has lines. */
  line: number | null;
  raw: string | null;
  reasons: Reason[];
}

// Maps become JSON objects in every version of the engine, rows do not.
const SQL = `
select
  file_id,
  record,
  line,
  raw,
  json_format(cast(transform(reasons, r -> map(
    array['column', 'rule', 'value', 'message'],
    array[r.column_name, r.rule, r.value, r.message]
  )) as json)) as reasons,
  count(*) over () as total
from {ops}.quarantine
where dataset = :dataset`;

/** Rejected rows of a dataset, or of one of its files, in the order of the files. */
export async function readRejectedRows(
  session: Session,
  dataset: string,
  options: { file?: string; limit: number },
): Promise<{ rows: RejectedRow[]; total: number }> {
  const file = options.file === undefined ? '' : ' and file_id = :file';
  const sql = `${SQL}${file} order by file_id, record limit ${options.limit}`;
  const literals = { dataset, ...(options.file === undefined ? {} : { file: options.file }) };
  const { rows } = await allRows(await runQuery(session, sql, literals));
  return { rows: rows.map(toRejectedRow), total: Number(rows[0]?.[5] ?? 0) };
}

function toRejectedRow(row: (string | null)[]): RejectedRow {
  const [file_id, record, line, raw, reasons] = row;
  return {
    file_id: file_id ?? '',
    record: Number(record),
    line: line == null ? null : Number(line),
    raw: raw ?? null,
    reasons: JSON.parse(reasons ?? '[]'),
  };
}
