import type { Column } from '../../contract/dataset.ts';
import { list, literal } from './text.ts';
import { typeSentence, valueSql } from './values.ts';

export interface Rule {
  column: string;
  rule: string;
  /** SQL that is true for a value that breaks the rule. */
  broken: string;
  sentence: string;
  /** SQL of the offending text. */
  text: string;
}

/** The rules of a column, on its text `r<index>` and its typed value `v<index>`. */
export function rulesOf(column: Column, index: number): Rule[] {
  const { name, type } = column;
  const [text, value] = [`r${index}`, `v${index}`];
  const rules: Rule[] = [];
  const add = (rule: string, broken: string, sentence: string) =>
    rules.push({ column: name, rule, broken, sentence: `${name} ${sentence}`, text });
  if (column.required) add('required', `${text} IS NULL`, 'is required and is missing or empty');
  if (type.kind !== 'string') add('type', `(${text} IS NOT NULL AND ${value} IS NULL)`, typeSentence(type));
  if (column.pattern !== undefined) {
    const broken = `NOT regexp_full_match(${text}, ${literal(column.pattern)})`;
    add('pattern', broken, `must match the pattern ${column.pattern}`);
  }
  if (column.minLength !== undefined) {
    add('min_length', `length(${text}) < ${column.minLength}`, `must have at least ${column.minLength} characters`);
  }
  if (column.maxLength !== undefined) {
    add('max_length', `length(${text}) > ${column.maxLength}`, `must have at most ${column.maxLength} characters`);
  }
  if (column.minimum !== undefined) {
    add('minimum', `${value} < ${valueSql(column.minimum, type)}`, `must be at least ${column.minimum}`);
  }
  if (column.maximum !== undefined) {
    add('maximum', `${value} > ${valueSql(column.maximum, type)}`, `must be at most ${column.maximum}`);
  }
  if (column.enum !== undefined) {
    const allowed = list(column.enum.map((item) => valueSql(item, type)));
    add('enum', `${value} NOT IN (${allowed})`, `must be one of ${list(column.enum)}`);
  }
  return rules;
}
