import type { ColumnType, Dataset, RowRule } from '../../contract/dataset.ts';
import { isStandardised, standardisedText } from './standardise.ts';
import { identifier, list, literal } from './text.ts';

/**
 * Optimizers that must be off while row rules are evaluated: what an expression says twice would be evaluated before
 * and outside the TRY that keeps its failure to one row.
 */
export const ROW_RULE_OPTIMIZERS = ['common_subexpressions'];

/** A column's value as a row rule sees it. */
const visibleSql = (type: ColumnType, value: string): string =>
  type.kind === 'timestamp' ? `make_timestamp(${value})` : value;

/** The type under which a row rule sees a column. */
const visibleType = (type: ColumnType): string =>
  type.kind === 'decimal'
    ? `DECIMAL(${type.precision}, ${type.scale})`
    : ({ string: 'VARCHAR' }[type.kind as 'string'] ?? type.kind);

const indexOf = (dataset: Dataset, name: string): number => dataset.columns.findIndex((column) => column.name === name);

/**
 * Adds to typed rows `x0`, `x1` …: whether the row breaks a row rule. It does where the condition is false or fails (an
 * overflow, a cast), not where it is null, nor where a value that it names is not of its type, which has its own reason.
 * The columns go by their own names here; ours step aside meanwhile, behind an underscore that no contract's name has.
 */
export function rowRulesSql(dataset: Dataset, rows: string): string {
  if (dataset.rowRules.length === 0) return rows;
  const ours = dataset.columns.flatMap((column, index) => [
    `r${index}`,
    ...(isStandardised(column) ? [`t${index}`] : []),
    `v${index}`,
  ]);
  const named = [...new Set(dataset.rowRules.flatMap(({ columns }) => columns))].map((name) => {
    const index = indexOf(dataset, name);
    return `${visibleSql(dataset.columns[index]!.type, `v${index}`)} AS ${identifier(name)}`;
  });
  const broken = dataset.rowRules.map((rule, index) => `${brokenSql(dataset, rule)} AS x${index}`);
  return `SELECT * EXCLUDE (${list([...ours.map((name) => `_${name}`), ...namesOf(dataset)])}), ${list([...ours.map((name) => `_${name} AS ${name}`), ...broken])}
    FROM (SELECT * EXCLUDE (${list(ours)}), ${list([...ours.map((name) => `${name} AS _${name}`), ...named])} FROM (${rows}))`;
}

const namesOf = (dataset: Dataset): string[] => [
  ...new Set(dataset.rowRules.flatMap(({ columns }) => columns.map(identifier))),
];

function brokenSql(dataset: Dataset, { expression, columns }: RowRule): string {
  const typed = columns.flatMap((name) => {
    const index = indexOf(dataset, name);
    const column = dataset.columns[index]!;
    if (column.type.kind === 'string') return [];
    return [`(_${standardisedText(column, index)} IS NULL OR _v${index} IS NOT NULL)`];
  });
  // The line end closes a comment at the end of the expression. TRY of a boolean comes out of a coalesce as neither
  // true nor false (DuckDB 1.5.5), so that it is made a number inside.
  return [`TRY(CASE WHEN NOT (${expression}\n) THEN 0 ELSE 1 END) IS DISTINCT FROM 1`, ...typed].join(' AND ');
}

/** SQL of the texts of the columns that a row rule names, as JSON. */
export function namedTextsSql(dataset: Dataset, { columns }: RowRule): string {
  const members = columns.map((name) => `${literal(name)}: r${indexOf(dataset, name)}`);
  return `to_json({${list(members)}})::VARCHAR`;
}

/**
 * A query whose description shows whether a row rule can be evaluated: it fails if not, and its `column_type` must be
 * BOOLEAN. It reads nothing.
 */
export function probeSql(dataset: Dataset, { expression, columns }: RowRule): string {
  const named = columns.map((name) => {
    const { type } = dataset.columns[indexOf(dataset, name)]!;
    return `NULL::${visibleType(type)} AS ${identifier(name)}`;
  });
  return `DESCRIBE SELECT TRY((${expression}\n)) AS condition FROM (SELECT ${list(named)})`;
}
