import type { Dataset } from '../../contract/dataset.ts';
import { VALUE_CHARACTERS } from '../reasons.ts';
import { identifier, list, literal } from './text.ts';

/** Most frequent values that a profile lists for a column. */
const TOP_VALUES = 20;

/**
 * For every column of the accepted rows one struct `p0`, `p1` … with nulls, distinct (approximate), min and max; of PII
 * no values.
 */
export function profileSql(dataset: Dataset, accepted: string): string {
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
  return `SELECT ${list(parts)} FROM ${accepted}`;
}

/**
 * The values of enumerations and booleans by their frequency: `column_name`, `value`, `n`. Undefined if there are no such
 * columns; personal data is left out.
 */
export function topSql(dataset: Dataset, accepted: string): string | undefined {
  const queries = dataset.columns
    .filter(({ enum: values, type, pii }) => !pii && (values !== undefined || type.kind === 'boolean'))
    .map(
      ({ name }) =>
        `(SELECT ${literal(name)} AS column_name, ${identifier(name)}::VARCHAR AS "value", count(*)::DOUBLE AS n FROM ${accepted}
          WHERE ${identifier(name)} IS NOT NULL GROUP BY 2 ORDER BY n DESC, 2 LIMIT ${TOP_VALUES})`,
    );
  return queries.length === 0 ? undefined : queries.join(' UNION ALL ');
}

/** The partitions that a file touches and the rows in each: `partition`, `row_count`. */
export function partitionsSql(dataset: Dataset, accepted: string): string | undefined {
  if (!dataset.partition) return undefined;
  const { column, transform } = dataset.partition;
  const name = identifier(column);
  const isTimestamp = dataset.columns.find((candidate) => candidate.name === column)?.type.kind === 'timestamp';
  // Few days are formatted instead of many rows.
  const day = isTimestamp ? `make_timestamp(${name})::DATE` : name;
  const format = { day: '%Y-%m-%d', month: '%Y-%m', year: '%Y', identity: '' }[transform];
  const text = transform === 'identity' ? 'part::VARCHAR' : `strftime(part, ${literal(format)})`;
  const parts = transform === 'identity' ? name : day;
  return `SELECT ${text} AS "partition", sum(n)::DOUBLE AS row_count
    FROM (SELECT ${parts} AS part, count(*) AS n FROM ${accepted} GROUP BY 1) GROUP BY 1 ORDER BY 1`;
}
