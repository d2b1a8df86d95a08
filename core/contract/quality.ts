import { ContractError } from '../errors.ts';
import type { DamageRule } from '../validation/reasons.ts';
import type { Dataset, Gate, RowRule } from './dataset.ts';
import { columnsOfExpression, type ExpressionToken, parseExpression } from './expression.ts';
import { CustomRule, DuplicateArguments, LibraryRule, OPERATORS, TextRule } from './quality-schema.ts';
import type { Path, Source } from './source.ts';
import { COLUMN_RULES } from './warnings.ts';

/** Reasons carry the name of what refused a row, so a row rule may not be named like the splitter's own. */
const DAMAGE_RULES: Record<DamageRule, true> = {
  too_few_fields: true,
  too_many_fields: true,
  unterminated_quote: true,
  text_after_closing_quote: true,
  invalid_utf8: true,
  nul_byte: true,
  record_too_long: true,
  invalid_json: true,
  not_an_object: true,
};

export interface Quality {
  rowRules: RowRule[];
  gates: Gate[];
}

/** The table or the column that a list of quality checks stands on. */
interface Place {
  path: Path;
  /** The column's name; undefined for the table. */
  column?: string;
  checks: unknown[];
}

/** Reads all quality checks of a contract: conditions on a row, and bounds on figures of a file. */
export function readQuality(
  places: Place[],
  { columns, key }: Pick<Dataset, 'key'> & { columns: string[] },
  source: Source,
): Quality {
  const quality: Quality = { rowRules: [], gates: [] };
  const names = new Set<string>();
  for (const { path, column, checks } of places) {
    for (const [index, check] of checks.entries()) {
      const at = [...path, 'quality', index];
      const type = (check as { type?: unknown } | null)?.type ?? 'library';
      if (type === 'text') source.check(TextRule, check, at);
      else if (type === 'sql') source.report([...at, 'type'], NO_SQL);
      else if (type === 'custom') {
        const rule = rowRule(check, column, columns, source, at);
        if (rule) quality.rowRules.push(rule);
        if (rule) takeName(rule.name, names, source, at);
      } else {
        const gate = fileGate(check, column, { columns, key }, source, at);
        if (gate) quality.gates.push(gate);
        if (gate) takeName(gate.name, names, source, at);
      }
    }
  }
  return quality;
}

const NO_SQL =
  'checks of type sql are not run, since a file is checked before it is in a table; state the condition that every row \
meets with type: custom, engine: tributary, implementation: "<condition>", or a bound on a figure with type: library';

function takeName(name: string, names: Set<string>, source: Source, at: Path): void {
  if (names.has(name)) source.report([...at, 'id'], `two checks are called ${name}: give each an id of its own`);
  names.add(name);
}

function rowRule(
  check: unknown,
  column: string | undefined,
  columns: string[],
  source: Source,
  at: Path,
): RowRule | undefined {
  const engine = (check as { engine?: unknown }).engine;
  if (engine !== undefined && engine !== 'tributary') {
    const reason = `checks of engine ${JSON.stringify(engine)} are not run; use engine: tributary with a SQL condition`;
    source.report([...at, 'engine'], reason);
    return undefined;
  }
  const rule = source.check(CustomRule, check, at);
  if (!rule) return undefined;
  if (COLUMN_RULES.includes(rule.id) || Object.hasOwn(DAMAGE_RULES, rule.id)) {
    source.report([...at, 'id'], `"${rule.id}" is the name of a rule that there is already: call it otherwise`);
  }
  const say = (reason: string) => source.report([...at, 'implementation'], `${rule.id}: ${reason}`);
  const tokens = readExpression(rule.implementation.trim(), columns, say);
  if (!tokens) return undefined;
  const used = columnsOfExpression(tokens);
  if (column && !used.includes(column)) say(`does not name ${column}: put the check on the table`);
  const condition = tokens.map(({ text }) => text).join('');
  return {
    name: rule.id,
    // In quotes a column may have any name that the engine has a use of its own for.
    expression: tokens.map(({ kind, text }) => (kind === 'column' ? `"${text}"` : text)).join(''),
    columns: used,
    severity: rule.severity,
    message: rule.description ?? rule.name ?? `the row must satisfy: ${condition.replace(/\s+/g, ' ')}`,
  };
}

function readExpression(text: string, columns: string[], say: (reason: string) => void): ExpressionToken[] | undefined {
  try {
    return parseExpression(text, columns);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    say(error.message);
    return undefined;
  }
}

const METRICS = {
  rowCount: 'row_count',
  nullValues: 'null_values',
  invalidValues: 'invalid_values',
  duplicateValues: 'duplicate_values',
} as const;

/** Undefined, too, for a gate that holds by construction. */
function fileGate(
  check: unknown,
  column: string | undefined,
  { columns, key }: Pick<Dataset, 'key'> & { columns: string[] },
  source: Source,
  at: Path,
): Gate | undefined {
  const rule = source.check(LibraryRule, check, at);
  if (!rule) return undefined;
  const say = (field: string, reason: string) => source.report([...at, field], reason);
  if (rule.metric === 'missingValues') {
    say('metric', 'missingValues: list the spellings in the customProperty nullValues and use the metric nullValues');
    return undefined;
  }
  const measured = columnsMeasured(rule, column, columns, source, at);
  const must = bound(rule, at, source);
  if (!must) return undefined;
  const isKey = measured.length > 0 && measured.length === key.length && key.every((name) => measured.includes(name));
  if (rule.metric === 'duplicateValues' && isKey) {
    if (must.be !== 0)
      say('metric', 'duplicateValues of the key are always 0, since repeated keys are settled: mustBe: 0');
    return undefined;
  }
  const metric = METRICS[rule.metric];
  const name = rule.id ?? [metric, ...measured].join('_');
  return { name, metric, columns: measured, unit: rule.unit, must, severity: rule.severity };
}

function columnsMeasured(
  rule: LibraryRule,
  column: string | undefined,
  columns: string[],
  source: Source,
  at: Path,
): string[] {
  const { metric } = rule;
  const say = (field: string, reason: string) => source.report([...at, field], reason);
  if (metric === 'duplicateValues' && !column) return duplicateColumns(rule, columns, source, at);
  if (rule.arguments !== undefined) {
    const instead = metric === 'invalidValues' ? ': state on the column which values are valid' : '';
    say('arguments', `${metric} has no arguments here${instead}`);
  }
  if (metric !== 'rowCount') {
    if (!column) say('metric', `${metric} is of one column: put the check there`);
    return column ? [column] : [];
  }
  if (column) say('metric', 'rowCount is of the table: put the check there');
  if (rule.unit === 'percent') say('unit', 'rowCount is a number of rows');
  return [];
}

function duplicateColumns(rule: LibraryRule, columns: string[], source: Source, at: Path): string[] {
  if (rule.arguments === undefined) {
    const reason = 'duplicateValues of a table needs arguments: { properties: [<columns>] }';
    source.report([...at, 'metric'], reason);
    return [];
  }
  const properties = source.check(DuplicateArguments, rule.arguments, [...at, 'arguments'])?.properties ?? [];
  for (const [index, name] of properties.entries()) {
    const place = [...at, 'arguments', 'properties', index];
    if (!columns.includes(name)) source.report(place, `duplicateValues: ${name} is not a column`);
    else if (properties.indexOf(name) < index) source.report(place, `duplicateValues: ${name} is listed twice`);
  }
  return properties;
}

/** The one operator of the check, which the standard does not allow to be two. */
function bound(rule: LibraryRule, at: Path, source: Source): Gate['must'] | undefined {
  const names = (Object.keys(OPERATORS) as (keyof typeof OPERATORS)[]).filter((name) => rule[name] !== undefined);
  const [name, second] = names;
  if (!name || second) {
    const found = second ? `${names.join(' and ')}; make them checks of their own` : 'none';
    source.report(
      second ? [...at, second] : at,
      `${rule.metric}: needs one operator such as mustBeLessThan, has ${found}`,
    );
    return undefined;
  }
  const reason = figureProblem([rule[name]!].flat(), rule.unit, name);
  if (reason) source.report([...at, name], `${name}: ${reason}`);
  const field = name.charAt(4).toLowerCase() + name.slice(5);
  return { [field]: rule[name] };
}

function figureProblem(figures: number[], unit: Gate['unit'], operator: keyof typeof OPERATORS): string | undefined {
  const share = unit === 'percent';
  if (share && figures.some((figure) => figure < 0 || figure > 100)) return 'the figure is a share from 0 to 100';
  if (!share && figures.some((figure) => !Number.isSafeInteger(figure) || figure < 0)) {
    return 'the figure is a number of rows, whole and never below 0';
  }
  const impossible =
    (operator === 'mustBeLessThan' && figures[0] === 0) ||
    (operator === 'mustBeGreaterThan' && share && figures[0] === 100);
  return impossible ? 'nothing can be so' : undefined;
}
