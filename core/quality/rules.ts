import type { Dataset, Severity } from '../contract/dataset.ts';
import { toldReasons } from '../validation/column-like.ts';
import type { Example, Profile } from '../validation/result.ts';
import { uniqueColumns } from '../validation/sql/duplicates.ts';
import { rulesOf } from '../validation/sql/rules.ts';
import type { RuleResult } from './record.ts';

/** Reasons outside the contract that a record lists; a file can have as many as it has unknown fields. */
const listedOthers = 100;

type Known = Pick<RuleResult, 'name' | 'column_name' | 'rule' | 'severity' | 'origin' | 'description'>;

/**
 * Every rule of the contract with the rows that broke it; then damage and columns that may not be there, by frequency. A
 * validation under another version of the contract did not check these rules: of that, only what was broken is told.
 */
export function ruleResults(dataset: Dataset, profile: Profile): RuleResult[] {
  const { counts, reasons, warnings } = profile;
  const broken = new Map([
    ...entries(toldReasons(dataset, reasons, counts.in), 'error'),
    ...entries(toldReasons(dataset, warnings, counts.in), 'warning'),
  ]);
  const contract = contractRules(dataset);
  const names = new Set(contract.map(({ name }) => name));
  const checked =
    profile.contract_version === dataset.version ? contract : contract.filter(({ name }) => broken.has(name));
  const others = [...broken].filter(([name]) => !names.has(name));
  return [
    // A rule may have been an error then and a warning now.
    ...checked.map((rule) => ({ ...rule, severity: broken.get(rule.name)?.severity ?? rule.severity })),
    ...others
      .sort(([, a], [, b]) => b.rows - a.rows)
      .slice(0, listedOthers)
      .map(([name, { severity }]) => otherRule(name, severity)),
  ].map((rule) => {
    const rows_broken = broken.get(rule.name)?.rows ?? 0;
    const rows_checked = rule.severity === 'error' ? counts.in : counts.accepted;
    const pass_percent = rows_checked === 0 ? null : (100 * (rows_checked - rows_broken)) / rows_checked;
    const examples = examplesOf(dataset, profile, rule);
    return { ...rule, rows_broken, rows_checked, pass_percent, ...(examples.length > 0 ? { examples } : {}) };
  });
}

/** Values of a column that the contract has called personal data since, or does not have any more, stay out. */
function examplesOf({ columns }: Dataset, { examples = {} }: Profile, { name, column_name }: Known): Example[] {
  const found = Object.hasOwn(examples, name) ? examples[name]! : [];
  const open = columns.some((column) => column.name === column_name && !column.pii);
  return open ? found : found.slice(0, 1).map((example) => ({ ...example, value: null }));
}

const entries = (counted: Record<string, number>, severity: Severity) =>
  Object.entries(counted).map(([name, rows]): [string, { rows: number; severity: Severity }] => [
    name,
    { rows, severity },
  ]);

/** All rules that a row of the dataset is checked against. */
export function contractRules(dataset: Dataset): Known[] {
  const single = rulesOf(dataset).map(({ column, rule, severity, sentence }) =>
    known(column, rule, severity, sentence),
  );
  const unique = uniqueColumns(dataset).map((column) =>
    known(column, 'unique', 'error', `${column} must be unique among the rows of a file`),
  );
  return [...single, ...unique];
}

const known = (column: string, rule: string, severity: Severity, description: string): Known => ({
  name: column === '' ? rule : `${column}.${rule}`,
  column_name: column === '' ? null : column,
  rule,
  severity,
  origin: 'contract',
  description,
});

/** Names of rules have no dot; those of columns that the contract does not know may. */
function otherRule(name: string, severity: Severity): Known {
  const dot = name.lastIndexOf('.');
  const column_name = dot < 0 ? null : name.slice(0, dot);
  return { name, column_name, rule: name.slice(dot + 1), severity, origin: 'record', description: null };
}
