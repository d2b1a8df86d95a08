import type { Column } from '../contract/dataset.ts';
import { patternProblem } from '../contract/pattern.ts';
import { counted, type Evidence, percent, rowsOf } from './evidence.ts';
import type { Guess } from './guess.ts';
import { type Decimal, readNumbers } from './numbers.ts';
import { isIdLike, readFormat, readPattern } from './patterns.ts';
import { readPersonal } from './personal.ts';
import { examples, isHarmless, isLikeFullName } from './personal-values.ts';
import { isTextByNature, type Read, readType } from './type.ts';

/** Columns of which new values come all the time, however few the sample has. */
const OPEN = /(?:^|_)(?:name|title|description|comment|remark|note|notes|text|city|town|address|street|url|path)$/;
const FEW = 12;
const MANY = 25;

/** Columns of which the values are words, though they may look like names of people. */
const WORDS =
  /(?:^|_)(?:status|state|type|kind|category|class|group|segment|region|country|channel|plan|tier|priority|stage|method|level|reason|department|unit|brand|colou?r)$/;

/** What a draft says of a column, by what a sample has of it; `decimal` is how the file's other columns write numbers. */
export function guessColumn(
  evidence: Evidence,
  { name, because }: { name: string; because?: string },
  decimal?: Decimal,
): Guess {
  const personal = readPersonal(name, evidence.values);
  const read = readType(evidence, name, personal, decimal);
  const spelled = rowsOf(evidence.values, (text) => read.nulls.includes(read.trim ? text.trim() : text));
  const missing = evidence.missing + spelled + (read.trim ? rowsOf(evidence.values, (text) => text.trim() === '') : 0);
  const { values, notes, ...typed } = read;
  const guess: Guess = {
    header: evidence.header,
    name,
    ...typed,
    required: missing === 0 && evidence.absentFrom === 0 && evidence.rows > 0,
    personal,
    notes: [...(because ? [because] : []), ...facts(evidence, missing, read), ...notes],
  };
  if (guess.type.kind === 'string' && values.size > 0) describeTexts(guess, values);
  else if (!personal) describeRange(guess, values, decimal);
  return guess;
}

function facts({ rows, absentFrom }: Evidence, missing: number, { nulls, values }: Read): string[] {
  const spelled = nulls.length > 0 ? `, some written ${examples(nulls, 5)}` : '';
  const none =
    missing === 0 ? `none of ${counted(rows, 'row')} is missing` : `${percent(missing, rows)} missing${spelled}`;
  const distinct = values.size === 0 ? 'no value at all' : `${counted(values.size, 'distinct value')}`;
  return [
    `${none}; ${distinct}`,
    ...(absentFrom > 0
      ? [`${counted(absentFrom, 'file')} of the sample ${absentFrom === 1 ? 'lacks' : 'lack'} it`]
      : []),
  ];
}

function describeTexts(guess: Guess, values: ReadonlyMap<string, number>): void {
  const found = readFormat(values);
  if (found) {
    // A mistyped address should not cost the row; a broken identifier should.
    const warns = found.format !== 'uuid';
    if (warns || found.misfits === 0) {
      guess.format = found.format;
      guess.warnOnly = warns ? ['format'] : undefined;
    }
    guess.notes.push(
      found.misfits === 0
        ? `every value is of the format ${found.format}`
        : `${counted(found.misfits, 'value')} not of the format ${found.format}`,
    );
    return;
  }
  const texts = [...values.keys()];
  if (!guess.personal && !isTextByNature(guess.name) && describeChoices(guess, values)) return;
  // A pattern has the letters that all values share.
  const isPatterned = !guess.personal && (isIdLike(guess.name) || isTextByNature(guess.name));
  const pattern = isPatterned ? readPattern(texts) : undefined;
  if (pattern && patternProblem(pattern) === undefined && texts.every((text) => new RegExp(pattern, 'u').test(text))) {
    // One class of letters and digits says too little of values yet to come.
    const isShapeless = /^\^\[[^\]]*\]\+\$$/.test(pattern);
    if (isShapeless || isTextByNature(guess.name)) guess.notes.push(`every value matches ${pattern}`);
    else guess.pattern = pattern;
    return;
  }
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const text of texts) {
    const length = [...text].length;
    least = Math.min(least, length);
    most = Math.max(most, length);
  }
  guess.notes.push(
    least === most ? `every value has ${counted(most, 'character')}` : `${least} to ${counted(most, 'character')}`,
  );
}

/** An enumeration, if few values come again and again; whether the column seems to be one. */
function describeChoices(guess: Guess, values: ReadonlyMap<string, number>): boolean {
  const rows = rowsOf(values);
  const texts = [...values.keys()];
  const seldom = Math.min(...new Set(values.values()));
  const isOne =
    rows >= 20 &&
    values.size >= 2 &&
    values.size <= MANY &&
    values.size * 5 <= rows &&
    seldom >= 3 &&
    !OPEN.test(guess.name);
  if (!isOne || texts.some((text) => text.length > 40 || text.trim() !== text || !isHarmless(text))) return false;
  if (!WORDS.test(guess.name) && texts.some(isLikeFullName)) {
    guess.todos.push(
      `the ${counted(values.size, 'value')} look like names of people: if they are, tags: [pii]; if not, an enum`,
    );
    return false;
  }
  if (values.size <= FEW) {
    guess.enum = texts.sort();
    const rare = texts.filter((text) => values.get(text)! < rows / 100);
    guess.notes.push(
      `each value in at least ${counted(seldom, 'row')}: an enumeration, if there are no others`,
      ...(rare.length > 0 ? [`less than 1 % of the rows have ${examples(rare, 5)}: are they values at all?`] : []),
    );
  } else {
    guess.notes.push(
      `perhaps an enumeration, each value in at least ${counted(seldom, 'row')}: ${examples(texts.sort(), 6)}`,
    );
  }
  return true;
}

/** As many digits as a phone or an authority needs to tell people apart. */
const TELLING = 9;
/** Days of birth are spread over more years than days of business. */
const YEARS = 25;

function describeRange(guess: Guess, values: ReadonlyMap<string, number>, decimal?: Decimal): void {
  const { kind } = guess.type;
  if (values.size < 2) return;
  if (kind === 'int' || kind === 'bigint' || kind === 'decimal') {
    const numbers = readNumbers(values.keys(), decimal);
    if (!numbers) return;
    const { min, max, whole, exactScale } = numbers;
    if (whole >= TELLING) {
      guess.notes.push(`whole parts of up to ${counted(whole, 'digit')}`);
      const isOwn = values.size > 0.9 * rowsOf(values);
      if (isOwn && exactScale === 0 && !isIdLike(guess.name))
        guess.todos.push('numbers that people are told apart by, of phones or tax? If so, tags: [pii]');
      return;
    }
    guess.notes.push(`whole parts from ${min} to ${max}${min >= 0n ? '; bounds are yours to set, as minimum: 0' : ''}`);
  }
  if (kind === 'date') describeYears(guess, values);
  if (isTemporal(guess) && guess.formats === undefined) {
    const sorted = [...values.keys()].sort();
    if (guess.todos.length === 0) guess.notes.push(`from ${sorted[0]} to ${sorted.at(-1)}`);
  }
}

/** Days of many years may be those of births, of which the first and the last are not told either. */
function describeYears(guess: Guess, values: ReadonlyMap<string, number>): void {
  const years = [...values.keys()].flatMap((text) => /(?<!\d)\d{4}(?=$|\D|\d{4}$)|\d{4}$/.exec(text)?.[0] ?? []).sort();
  const [first, last] = [years[0], years.at(-1)];
  if (first === undefined || Number(last) - Number(first) < YEARS) return;
  guess.notes.push(`of the years ${first} to ${last}`);
  guess.todos.push('days of birth? If so, tags: [pii]');
}

/** Whether a column is of dates or times. */
export const isTemporal = ({ type }: Pick<Column, 'type'>): boolean =>
  type.kind === 'date' || type.kind === 'timestamp';
