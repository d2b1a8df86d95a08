import type { ColumnType } from '../contract/dataset.ts';
import { type Evidence, percent, rowsOf } from './evidence.ts';
import type { Guess } from './guess.ts';
import { type Decimal, isPlainNumber, type Numbers, readNumbers } from './numbers.ts';
import { isIdLike } from './patterns.ts';
import type { Personal } from './personal.ts';
import { examples } from './personal-values.ts';
import { epochOf, readTimes } from './times.ts';
import { isNullOfTexts, isNullSpelling, readBooleans } from './words.ts';

type Typed = Pick<Guess, 'type' | 'notes' | 'todos'> &
  Partial<Pick<Guess, 'valueAliases' | 'decimalSeparator' | 'thousandsSeparator' | 'formats'>>;

/** A column's type, and the texts that are values of it: without white space around where that goes, and nulls left out. */
export type Read = Typed & Pick<Guess, 'trim' | 'nulls'> & { values: ReadonlyMap<string, number> };

/** Columns of digits that nobody computes with: they may begin with zeros, and must keep them. */
const TEXTS =
  /(?:^|_)(?:zip|zipcode|zip_code|postal|postal_code|postcode|post_code|plz|phone|telephone|tel|mobile|fax|iban|bic|swift|card|card_no|card_number|ssn|isbn|ean|upc|gtin|vat|vat_id|tax_id|account_no|account_number|passport|barcode)$/;
const TIME_NAME = /(?:^|_)(?:ts|at|time|timestamp|datetime|date|created|updated|modified|epoch)$/;
const DATE_NAME = /(?:^|_)(?:date|day|datum|on)$/;
const MONEY =
  /(?:^|_)(?:price|amount|total|subtotal|cost|fee|tax|revenue|balance|value|discount|payment|salary|eur|usd|gbp)$/;
const COUNT = /(?:^|_)(?:qty|quantity|count|units|pieces|year|age|rank|position|seq|sequence|version|line)$/;

export const isTextByNature = (name: string): boolean => TEXTS.test(name);

/** Digits that must not become numbers, since people are told apart by them. */
const TEXTUAL = /phone|bank|card|national/;

/**
 * The narrowest type of a contract that all texts of a column have, with room to grow; a string if there is none. Numbers
 * that can be read in two ways are read with the given decimal separator. What is personal is quoted in no note.
 */
export function readType({ values, declared }: Evidence, name: string, personal?: Personal, decimal?: Decimal): Read {
  const mustBeText = isTextByNature(name) || (personal !== undefined && TEXTUAL.test(personal.what));
  const trimmed = trimAll(values);
  const nulls = [...trimmed.keys()].filter(isNullSpelling).sort();
  const rest = without(trimmed, nulls);
  const wanted = mustBeText ? undefined : typed([...rest.keys()], name, declared, decimal);
  if (wanted && wanted.type.kind !== 'string') {
    return { ...wanted, trim: trimmed !== values || undefined, nulls, values: rest };
  }
  // A text keeps the white space around it, unless that makes two values of one.
  const isSpread = trimmed.size < values.size - (values.size - withoutBlank(values).size);
  const texts = isSpread ? trimmed : values;
  const missing = [...texts.keys()].filter(isNullOfTexts);
  const kept = missing.length < texts.size ? missing.sort() : [];
  const notes = [
    ...(wanted?.notes ?? []),
    ...(isSpread ? ['some values differ only in white space around them, which is cut off'] : []),
    ...(mustBeText ? [] : nearly(rest, personal !== undefined)),
    ...withCurrency(rest, personal !== undefined),
  ];
  return {
    type: { kind: 'string' },
    notes,
    todos: [],
    nulls: kept,
    trim: isSpread || undefined,
    values: without(texts, kept),
  };
}

function trimAll(values: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  if (![...values.keys()].some((text) => text !== text.trim())) return values;
  const trimmed = new Map<string, number>();
  for (const [text, rows] of values) {
    const key = text.trim();
    if (key !== '') trimmed.set(key, (trimmed.get(key) ?? 0) + rows);
  }
  return trimmed;
}

const withoutBlank = (values: ReadonlyMap<string, number>) =>
  without(
    values,
    [...values.keys()].filter((text) => text.trim() === ''),
  );

function without(values: ReadonlyMap<string, number>, texts: string[]): ReadonlyMap<string, number> {
  if (texts.length === 0) return values;
  const gone = new Set(texts);
  return new Map([...values].filter(([text]) => !gone.has(text)));
}

/** Types of Parquet that one of the contract's holds exactly, whatever the sample's values are. */
const DECLARED: [RegExp, (match: RegExpExecArray) => ColumnType][] = [
  [/^BOOLEAN$/, () => ({ kind: 'boolean' })],
  [/^(?:TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT)$/, () => ({ kind: 'int' })],
  [/^(?:BIGINT|UINTEGER)$/, () => ({ kind: 'bigint' })],
  [/^UBIGINT$/, () => ({ kind: 'decimal', precision: 20, scale: 0 })],
  [/^DECIMAL\((\d+),(\d+)\)$/, ([, p, s]) => ({ kind: 'decimal', precision: Number(p), scale: Number(s) })],
  [/^DATE$/, () => ({ kind: 'date' })],
  [/^TIMESTAMP/, () => ({ kind: 'timestamp' })],
];

function typed(texts: string[], name: string, declared?: string, decimal?: Decimal): Typed | undefined {
  for (const [pattern, type] of declared === undefined ? [] : DECLARED) {
    const match = pattern.exec(declared!);
    if (match) return { type: type(match), notes: [`the file types it ${declared}`], todos: [] };
  }
  if (declared === 'DOUBLE' || declared === 'FLOAT') return ofDoubles(texts, name, declared);
  // Who gives digits the type of a text in Parquet means it, of ids at least.
  if (texts.length === 0 || (declared === 'VARCHAR' && isIdLike(name))) return undefined;
  const words = readBooleans(texts, name);
  if (words) {
    const spelled = Object.keys(words).length > 0;
    return { type: { kind: 'boolean' }, valueAliases: spelled ? words : undefined, notes: [], todos: [] };
  }
  const numbers = readNumbers(texts, decimal);
  return numbers ? ofNumbers(numbers, texts, name) : ofTimes(texts);
}

function ofDoubles(texts: string[], name: string, declared: string): Typed {
  const numbers = readNumbers(texts);
  if (numbers?.pointZero && isIdLike(name)) {
    const note = `the file types it ${declared} and every value is whole (17850.0), as pandas writes integers beside missing values`;
    return { type: { kind: 'bigint' }, notes: [note], todos: [] };
  }
  if (numbers && !numbers.exponent && MONEY.test(name) && numbers.exactScale <= 4) {
    return { type: decimalOf(numbers), notes: [`the file types it ${declared}; money is kept exactly`], todos: [] };
  }
  return { type: { kind: 'double' }, notes: [`the file types it ${declared}`], todos: [] };
}

const string = (note: string): Typed => ({ type: { kind: 'string' }, notes: [note], todos: [] });

function ofNumbers(numbers: Numbers, texts: string[], name: string): Typed | undefined {
  const { style, scale, exactScale, leadingZero, plus, whole, exponent, pointZero, allFractions } = numbers;
  if (leadingZero) return string('numbers, but some begin with a zero, which a number would lose');
  if (plus && whole >= 7) return string('numbers, but some begin with a plus, as phone numbers do');
  const separators: Partial<Typed> = {
    decimalSeparator: style.decimal === ',' && scale > 0 ? ',' : undefined,
    thousandsSeparator: style.thousands,
  };
  const notes: string[] = [];
  if (style.thousands && scale === 0 && !texts.some((text) => /\D\d{3}\D/.test(text.replace(/^[+-]/, '')))) {
    notes.push(`"${style.thousands}" is taken for a thousands separator, since three digits follow it each time`);
  }
  if (style.thousands === '.' && scale === 0) separators.decimalSeparator = ',';
  if (exponent) {
    if (whole > 300) return undefined;
    return { type: { kind: 'double' }, notes: ['some are written with an exponent'], todos: [] };
  }
  const isWhole = exactScale === 0 && (scale === 0 || isIdLike(name) || COUNT.test(name) || !allFractions);
  if (isWhole) {
    if (pointZero) notes.push('whole numbers written like 17850.0, as spreadsheets and pandas do');
    return ofIntegers(numbers, texts, name, { ...separators, notes, todos: [] });
  }
  if (exactScale > 10 && whole + exactScale <= 18) {
    notes.push(`up to ${exactScale} digits behind the point, as floating-point numbers have`);
    return { type: { kind: 'double' }, ...separators, notes, todos: [] };
  }
  if (whole + exactScale > 38) return string('numbers with more digits than a decimal holds (38)');
  notes.push(`up to ${whole || 1} digits before the point and ${exactScale} behind it`);
  return { type: decimalOf(numbers), ...separators, notes, todos: [] };
}

/** Room for values ten thousand times as large, as far as a decimal goes. */
function decimalOf({ whole, scale, exactScale }: Numbers): ColumnType {
  const kept = Math.max(exactScale, Math.min(scale, 2));
  return {
    kind: 'decimal',
    precision: Math.min(38, Math.max(whole + 4, 10) + kept),
    scale: Math.min(kept, 38 - whole),
  };
}

const BIGGEST = 2n ** 63n;
const SAFE_INT = 500_000_000n;

function ofIntegers(
  { min, max, whole, scale }: Numbers,
  texts: string[],
  name: string,
  found: Omit<Typed, 'type'>,
): Typed | undefined {
  const epoch = TIME_NAME.test(name) && scale === 0 ? epochOf(min, max) : undefined;
  if (epoch) {
    const note = `counts of ${epoch.slice(6)} since 1970: all lie in the years 2000 to 2099`;
    return { type: { kind: 'timestamp' }, formats: [epoch], notes: [note], todos: [] };
  }
  const dates = DATE_NAME.test(name) && whole === 8 ? readTimes(texts) : undefined;
  if (dates?.kind === 'date') {
    return {
      type: { kind: 'date' },
      formats: dates.formats,
      notes: ['eight digits, each a day of the calendar'],
      todos: [],
    };
  }
  if (min >= -BIGGEST && max < BIGGEST) {
    const isSmall = min > -SAFE_INT && max < SAFE_INT && !isIdLike(name);
    return { type: { kind: isSmall ? 'int' : 'bigint' }, ...found };
  }
  if (isIdLike(name) || whole > 38) return string('digits alone, but more than a number holds');
  return { type: { kind: 'decimal', precision: 38, scale: 0 }, ...found };
}

function ofTimes(texts: string[]): Typed | undefined {
  const times = readTimes(texts);
  if (!times) return undefined;
  const { kind, formats, hasOffset, orElse, shortYears } = times;
  const isIso = formats.length === 1 && formats[0] === 'iso';
  const notes: string[] = [];
  if (kind === 'timestamp' && !hasOffset) {
    notes.push('times without an offset are read as UTC; of local times state it: defaultTimezone: Europe/Berlin');
  }
  const todos = orElse
    ? [`day or month first? Every value fits both ${formats.join(', ')} and ${orElse.join(', ')}`]
    : [];
  if (shortYears) {
    const years = shortYears.join(' to ');
    todos.push(`years of two digits are read as 2000 to 2099, here ${years}: is that what they mean?`);
  }
  return { type: { kind }, formats: isIso ? undefined : formats, notes, todos };
}

const KINDS: [what: string, type: string, test: (text: string) => boolean][] = [
  ['whole numbers', 'an integer', (text) => /^[+-]?(?:0|[1-9][0-9]{0,17})$/.test(text)],
  ['numbers', 'a number', isPlainNumber],
  ['dates or times', 'a date or timestamp', (text) => readTimes([text]) !== undefined],
];

/** Which type a text column would have but for a few values. */
function nearly(values: ReadonlyMap<string, number>, isPersonal: boolean): string[] {
  const rows = rowsOf(values);
  if (rows < 10) return [];
  for (const [what, type, test] of KINDS) {
    const fitting = rowsOf(values, test);
    if (fitting < 0.9 * rows || fitting === rows) continue;
    const misfits = [...values.keys()].filter((text) => !test(text));
    return [
      `${percent(fitting, rows)} are ${what}, but ${(rows - fitting).toLocaleString('en-US')} ${rows - fitting === 1 ? 'is' : 'are'} not (${examples(misfits, 3, isPersonal)}); as ${type} their rows would be rejected`,
    ];
  }
  return [];
}

const CURRENCY = /^(?:[A-Z]{2,3}|[A-Z]{0,2}\p{Sc}) ?(?=[\d-])|(?<=\d) ?(?:[A-Z]{3}|\p{Sc})$/u;

/** Amounts that carry their currency are numbers by a rule that needs another column for it. */
function withCurrency(values: ReadonlyMap<string, number>, isPersonal: boolean): string[] {
  const carrying = [...values.keys()].filter((text) => CURRENCY.test(text));
  if (carrying.length === 0 || !readNumbers([...values.keys()].map((text) => text.replace(CURRENCY, '')))) return [];
  return [
    `amounts with their currency (${examples(carrying, 3, isPersonal)}): numbers, if money names the column of the currency`,
  ];
}
