import type { Column, ColumnRule } from './dataset.ts';
import { type ColumnExtras, placeOfExtra } from './extras.ts';
import type { Path, Source } from './source.ts';

type Condition = (column: Omit<Column, 'warnings'>) => boolean;

/** For each rule, whether a column has it. */
const HAS: Record<ColumnRule, Condition> = {
  required: ({ required }) => required,
  type: ({ type }) => type.kind !== 'string',
  pattern: ({ pattern }) => pattern !== undefined,
  format: ({ format }) => format !== undefined,
  min_length: ({ minLength }) => minLength !== undefined,
  max_length: ({ maxLength }) => maxLength !== undefined,
  minimum: ({ minimum }) => minimum !== undefined,
  maximum: ({ maximum }) => maximum !== undefined,
  exclusive_minimum: ({ exclusiveMinimum }) => exclusiveMinimum !== undefined,
  exclusive_maximum: ({ exclusiveMaximum }) => exclusiveMaximum !== undefined,
  multiple_of: ({ multipleOf }) => multipleOf !== undefined,
  enum: (column) => column.enum !== undefined,
  currency: ({ money }) => money !== undefined,
  unique: ({ unique }) => unique === true,
};

export const COLUMN_RULES: readonly string[] = Object.keys(HAS);

/** The rules of a column that only warn; reports names of rules that it does not have. */
export function readWarnings(
  column: Omit<Column, 'warnings'>,
  extras: ColumnExtras | undefined,
  source: Source,
  path: Path,
): ColumnRule[] | undefined {
  for (const [index, rule] of (extras?.warnOnly ?? []).entries()) {
    const reason = warningProblem(rule, column, extras?.warnOnly?.indexOf(rule) !== index);
    if (reason) {
      source.report([...placeOfExtra(source, path, 'warnOnly'), 'value', index], `${column.name}: ${reason}`);
    }
  }
  return extras?.warnOnly as ColumnRule[] | undefined;
}

function warningProblem(rule: string, column: Omit<Column, 'warnings'>, repeated: boolean): string | undefined {
  if (!COLUMN_RULES.includes(rule)) return `"${rule}" is no rule; rules are ${COLUMN_RULES.join(', ')}`;
  if (rule === 'type') return 'a value that is not of the type can not be stored: the rule type can not only warn';
  if (rule === 'currency') return 'an amount in doubt can not be stored: the rule currency can not only warn';
  if (rule === 'unique') {
    return 'the rule unique can not only warn: use a quality rule with the metric duplicateValues and severity warning';
  }
  if (repeated) return `warnOnly lists ${rule} twice`;
  return HAS[rule as ColumnRule](column) ? undefined : `warnOnly names ${rule}, which the column does not have`;
}
