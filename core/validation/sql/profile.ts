import type { Dataset } from '../../contract/dataset.ts';
import { VALUE_CHARACTERS } from '../reasons.ts';
import { identifier, list, literal } from './text.ts';

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
