import type { Column, ColumnType, Standardise } from './dataset.ts';
import { type ColumnExtras, placeOfExtra, type TableExtras } from './extras.ts';
import type { Path, Source } from './source.ts';

type Standardised = Pick<Column, 'standardise' | 'decimalSeparator' | 'thousandsSeparator'>;
type Defaults = Pick<TableExtras, 'standardise' | 'nullValues' | 'decimalSeparator' | 'thousandsSeparator'> | undefined;
type Say = (property: keyof ColumnExtras, reason: string, ...within: Path) => void;

/**
 * What is done to a column's texts before they are checked: what the column says, else what the table says where it makes
 * sense for the type. Reports what can never have an effect and what contradicts the enumeration.
 */
export function readStandardise(
  column: Pick<Column, 'name' | 'type' | 'enum'>,
  extras: ColumnExtras | undefined,
  defaults: Defaults,
  source: Source,
  path: Path,
): Standardised {
  const say: Say = (property, reason, ...within) => {
    // What the table says is reported there; what is the same for all columns is so once.
    const own = extras?.[property] !== undefined;
    const place = placeOfExtra(source, own ? path : path.slice(0, 2), property);
    source.report([...place, 'value', ...within], own ? `${column.name}: ${reason}` : reason);
  };
  const { type } = column;
  const steps = extras?.standardise ?? defaults?.standardise ?? [];
  const letters = steps.filter((step) => step !== 'trim');
  if (extras?.standardise && letters.length > 0 && type.kind !== 'string') {
    say('standardise', `${letters[0]} is of texts; the column is a ${type.kind}`);
  }
  const rules: Standardise = {
    trim: steps.includes('trim') || undefined,
    case: type.kind === 'string' ? letters[0] : undefined,
  };
  rules.nulls = readNulls(column, rules, extras?.nullValues ?? defaults?.nullValues, say);
  rules.values = readAliases(column, rules, extras?.valueAliases, say);
  checkCase(column, rules, say);
  return {
    standardise: Object.values(rules).some((rule) => rule !== undefined) ? rules : undefined,
    ...separators(type, extras, defaults, say),
  };
}

/** A spelling as it is compared with texts, but for its case, which the engine gives to both. */
const trimmed = (spelling: string, rules: Standardise): string => (rules.trim ? spelling.trim() : spelling);

function standardised(spelling: string, rules: Standardise): string {
  const text = trimmed(spelling, rules);
  return rules.case === 'lower' ? text.toLowerCase() : rules.case === 'upper' ? text.toUpperCase() : text;
}

function readNulls(
  column: Pick<Column, 'name' | 'enum'>,
  rules: Standardise,
  spellings: string[] | undefined,
  say: Say,
): string[] | undefined {
  if (!spellings) return undefined;
  for (const [index, spelling] of spellings.entries()) {
    if (!column.enum?.includes(standardised(spelling, rules))) continue;
    const reason = `${JSON.stringify(spelling)} means a missing value and is a value of the enum of ${column.name}`;
    say('nullValues', reason, index);
  }
  return [...new Set(spellings.map((spelling) => trimmed(spelling, rules)))].filter((text) => text !== '');
}

function readAliases(
  { type, enum: values }: Pick<Column, 'type' | 'enum'>,
  rules: Standardise,
  aliases: Record<string, string[]> | undefined,
  say: Say,
): Record<string, string> | undefined {
  if (!aliases) return undefined;
  if (!['string', 'boolean', 'int', 'bigint'].includes(type.kind)) {
    say('valueAliases', `valueAliases are of texts, integers and booleans; the column is a ${type.kind}`);
  }
  const found = new Map<string, string>();
  const seen = new Set<string>();
  for (const [value, spellings] of Object.entries(aliases)) {
    const wrong = (reason: string, ...within: Path) => say('valueAliases', reason, value, ...within);
    const shown = JSON.stringify(value);
    if (values && !values.includes(value)) wrong(`${shown} is not a value of the enum`);
    else if (!isWritten(value, type)) wrong(`${shown} is not of the column's type, ${type.kind}`);
    for (const [index, spelling] of spellings.entries()) {
      const text = standardised(spelling, rules);
      const quoted = JSON.stringify(spelling);
      if (text === '') wrong(`${quoted} is nothing but white space, which is a missing value`, index);
      else if (text === value) wrong(`${quoted} is ${shown} already`, index);
      else if (values?.includes(text)) wrong(`${quoted} is a value of the enum by itself`, index);
      else if (rules.nulls?.some((empty) => standardised(empty, rules) === text))
        wrong(`${quoted} means a missing value (nullValues)`, index);
      else if (seen.has(text)) wrong(`${quoted} is listed twice`, index);
      seen.add(text);
      found.set(trimmed(spelling, rules), value);
    }
  }
  return Object.fromEntries(found);
}

function isWritten(value: string, type: ColumnType): boolean {
  if (type.kind === 'boolean') return value === 'true' || value === 'false';
  return (type.kind !== 'int' && type.kind !== 'bigint') || /^-?[0-9]{1,19}$/.test(value);
}

/** A value of an enumeration that no text can become. */
function checkCase({ name, enum: values }: Pick<Column, 'name' | 'enum'>, rules: Standardise, say: Say): void {
  const reachable = new Set(Object.values(rules.values ?? {}));
  const lost = values?.find((value) => standardised(value, rules) !== value && !reachable.has(value));
  if (lost === undefined) return;
  const how = rules.case && standardised(lost, { case: rules.case }) !== lost ? `${rules.case} case` : 'trimmed';
  say('standardise', `texts become ${how}, so ${JSON.stringify(lost)} of the enum of ${name} can never match`);
}

function separators(
  type: ColumnType,
  extras: ColumnExtras | undefined,
  defaults: Defaults,
  say: Say,
): Pick<Column, 'decimalSeparator' | 'thousandsSeparator'> {
  if (!['int', 'bigint', 'decimal', 'double'].includes(type.kind)) {
    for (const property of ['decimalSeparator', 'thousandsSeparator'] as const) {
      if (extras?.[property] !== undefined) say(property, `${property} is of numbers; the column is a ${type.kind}`);
    }
    return {};
  }
  const decimal = extras?.decimalSeparator ?? defaults?.decimalSeparator ?? '.';
  const thousands = extras?.thousandsSeparator === undefined ? defaults?.thousandsSeparator : extras.thousandsSeparator;
  if (decimal === thousands) {
    const property =
      extras?.thousandsSeparator === undefined && extras?.decimalSeparator ? 'decimalSeparator' : 'thousandsSeparator';
    say(property, `"${decimal}" separates both the decimals and the thousands (decimals follow a point by default)`);
  }
  return { decimalSeparator: decimal === ',' ? ',' : undefined, thousandsSeparator: thousands ?? undefined };
}
