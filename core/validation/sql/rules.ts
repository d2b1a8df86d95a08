import type { Column, ColumnRule, Dataset, Money, Severity } from '../../contract/dataset.ts';
import { namedTextsSql } from './expression.ts';
import { FORMAT_SENTENCES, notOfFormatSql } from './formats.ts';
import { currencyTextSql } from './money.ts';
import { notMultipleSql } from './multiples.ts';
import { typeSentence } from './sentences.ts';
import { standardisedText } from './standardise.ts';
import { list, literal } from './text.ts';
import { valueSql } from './values.ts';

export interface Rule {
  /** Empty for a rule on the whole row. */
  column: string;
  rule: string;
  severity: Severity;
  /** SQL that is true for a row that breaks the rule. */
  broken: string;
  sentence: string;
  /** SQL of the offending text, as it was in the file. */
  text: string;
  /** SQL of what the message says, after the sentence, of what was found. */
  found: string;
}

/** Every rule that a row can be checked against by itself. */
export const rulesOf = (dataset: Dataset): Rule[] => [
  ...dataset.columns.flatMap((column, index) => columnRules(dataset, column, index)),
  ...rowRules(dataset),
];

/** Characters of an offending value that a sentence quotes. */
const QUOTED = 100;

export const foundSql = (text: string): string =>
  `', found ' || to_json(left(${text}, ${QUOTED}))::VARCHAR || CASE WHEN length(${text}) > ${QUOTED} THEN ' …' ELSE '' END`;

const rowRules = (dataset: Dataset): Rule[] =>
  dataset.rowRules.map((rule, index) => {
    const text = namedTextsSql(dataset, rule);
    const found = `', found ' || left(${text}, ${5 * QUOTED})`;
    return {
      column: '',
      rule: rule.name,
      severity: rule.severity,
      broken: `x${index}`,
      sentence: rule.message,
      text,
      found,
    };
  });

/** The rules of a column, on its checked text and its typed value. A value that is not of its type breaks no further rule. */
function columnRules(dataset: Dataset, column: Column, index: number): Rule[] {
  const { name, type } = column;
  const [text, value] = [standardisedText(column, index), `v${index}`];
  const raw = column.filledBy ? currencyTextSql(dataset, column, index) : `r${index}`;
  const rules: Rule[] = [];
  const add = (rule: ColumnRule, broken: string | undefined, sentence: string) => {
    if (broken === undefined) return;
    const severity = column.warnings?.includes(rule) ? 'warning' : 'error';
    const found = rule === 'required' ? missingSql(column, index) : foundSql(raw);
    rules.push({ column: name, rule, severity, broken, sentence: `${name} ${sentence}`, text: raw, found });
  };
  const bound = (limit: string | undefined, comparison: string) =>
    limit === undefined ? undefined : `${value} ${comparison} ${valueSql(limit, type)}`;
  const length = (limit: number | undefined, comparison: string) =>
    limit === undefined ? undefined : `length(${text}) ${comparison} ${limit}`;

  add('required', column.required ? `${text} IS NULL` : undefined, 'is required and is missing or empty');
  const isTyped = type.kind !== 'string';
  add('type', isTyped ? `(${text} IS NOT NULL AND ${value} IS NULL)` : undefined, typeSentence(column));
  const { pattern, format, multipleOf } = column;
  const misses = pattern === undefined ? undefined : `NOT regexp_full_match(${text}, ${literal(pattern)})`;
  add('pattern', misses, `must match the pattern ${pattern}`);
  add('format', format && notOfFormatSql(format, text), format ? FORMAT_SENTENCES[format] : '');
  add('min_length', length(column.minLength, '<'), `must have at least ${column.minLength} characters`);
  add('max_length', length(column.maxLength, '>'), `must have at most ${column.maxLength} characters`);
  add('minimum', bound(column.minimum, '<'), `must be at least ${column.minimum}`);
  add('maximum', bound(column.maximum, '>'), `must be at most ${column.maximum}`);
  const { exclusiveMinimum, exclusiveMaximum } = column;
  const isTime = type.kind === 'date' || type.kind === 'timestamp';
  add(
    'exclusive_minimum',
    bound(exclusiveMinimum, '<='),
    `must be ${isTime ? 'after' : 'more than'} ${exclusiveMinimum}`,
  );
  add(
    'exclusive_maximum',
    bound(exclusiveMaximum, '>='),
    `must be ${isTime ? 'before' : 'less than'} ${exclusiveMaximum}`,
  );
  const remains = multipleOf === undefined ? undefined : notMultipleSql(value, type, multipleOf);
  add('multiple_of', remains, `must be a multiple of ${multipleOf}`);
  const allowed = column.enum?.map((item) => valueSql(item, type));
  add('enum', allowed && `${value} NOT IN (${list(allowed)})`, `must be ${oneOf(column.enum ?? [])}`);
  if (column.money) rules.push(currencyRule(dataset, column.money, name, index));
  return rules;
}

/** An amount that carries another currency than its row has. */
function currencyRule(dataset: Dataset, { currency }: Money, column: string, index: number): Rule {
  const place = dataset.columns.findIndex(({ name }) => name === currency);
  const text = `r${index}`;
  return {
    column,
    rule: 'currency',
    severity: 'error',
    broken: `(v${index} IS NOT NULL AND _code${index} <> t${place})`,
    sentence: `${column} must be in the currency that the column ${currency} says`,
    text,
    found: `${foundSql(text)} || ' where ${currency} is ' || t${place}`,
  };
}

/** A spelling of a missing value is shown; where there is nothing, nothing is. */
const missingSql = ({ standardise }: Column, index: number): string =>
  standardise ? `coalesce(${foundSql(`r${index}`)}, '')` : "''";

const SHOWN_VALUES = 20;

function oneOf(values: string[]): string {
  if (values.length === 1) return values[0]!;
  const rest = values.length - SHOWN_VALUES;
  return `one of ${list(values.slice(0, SHOWN_VALUES))}${rest > 0 ? ` or ${rest} more` : ''}`;
}
