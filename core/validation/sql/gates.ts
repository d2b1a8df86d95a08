import type { Gate } from '../../contract/dataset.ts';
import { identifier, list, literal } from './text.ts';

/** The number of rows that a gate is about, as `n`: of `accepted`, or of the temp table `rejects`. */
export function measureSql({ metric, columns }: Gate, accepted: string): string {
  const names = columns.map(identifier);
  switch (metric) {
    case 'row_count':
      return `SELECT count(*)::DOUBLE AS n FROM ${accepted}`;
    case 'null_values':
      return `SELECT (count(*) - count(${names[0]}))::DOUBLE AS n FROM ${accepted}`;
    case 'invalid_values':
      return `SELECT count(*)::DOUBLE AS n FROM rejects
        WHERE list_contains(list_transform(reasons, lambda reason: reason.column_name), ${literal(columns[0]!)})`;
    case 'duplicate_values':
      // Rows beyond the first of each value; a missing value is no value.
      return `SELECT coalesce(sum(copies - 1), 0)::DOUBLE AS n FROM (
        SELECT count(*) AS copies FROM ${accepted} WHERE ${names.map((name) => `${name} IS NOT NULL`).join(' AND ')}
        GROUP BY ${list(names)})`;
  }
}

/** Whether what was measured is within the gate's bounds, each of which must hold. */
export function holds({ must }: Gate, measured: number): boolean {
  const within = ([from, to]: [number, number]) => measured >= from && measured <= to;
  return (
    (must.be === undefined || measured === must.be) &&
    (must.notBe === undefined || measured !== must.notBe) &&
    (must.beGreaterThan === undefined || measured > must.beGreaterThan) &&
    (must.beGreaterOrEqualTo === undefined || measured >= must.beGreaterOrEqualTo) &&
    (must.beLessThan === undefined || measured < must.beLessThan) &&
    (must.beLessOrEqualTo === undefined || measured <= must.beLessOrEqualTo) &&
    (must.beBetween === undefined || within(must.beBetween)) &&
    (must.notBeBetween === undefined || !within(must.notBeBetween))
  );
}
