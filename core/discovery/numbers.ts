export type Decimal = '.' | ',';

/** How numbers are written: what separates decimals, and thousands if anything does. */
export interface NumberStyle {
  decimal: Decimal;
  thousands?: '.' | ',' | ' ' | "'" | '_';
}

/** What all the numbers of a column have in common. */
export interface Numbers {
  style: NumberStyle;
  /** Digits before the point of the largest, and behind it of the most exact. */
  whole: number;
  scale: number;
  /** The most digits behind the point that are not closing zeros. */
  exactScale: number;
  /** Some have a fraction, and every fraction is zero: `17850.0`. */
  pointZero: boolean;
  /** Every one has a fraction. */
  allFractions: boolean;
  exponent: boolean;
  /** Some begin with a zero that counts for nothing, as postal codes do; or with a plus, as phone numbers do. */
  leadingZero: boolean;
  plus: boolean;
  min: bigint;
  max: bigint;
}

/** The likelier first. `1,234` is taken for a thousand rather than for one and a bit. */
const STYLES: NumberStyle[] = [
  { decimal: '.' },
  { decimal: '.', thousands: ',' },
  { decimal: ',' },
  { decimal: ',', thousands: '.' },
  { decimal: ',', thousands: ' ' },
  { decimal: '.', thousands: ' ' },
  { decimal: '.', thousands: "'" },
  { decimal: '.', thousands: '_' },
];

/** Spaces and apostrophes have other spellings, too; the same ones are taken when a file is checked. */
const SPELLINGS = { '.': '[.]', ',': '[,]', ' ': '[ \u00a0\u202f]', "'": "['\u2019]", _: '_' };

const patternOf = ({ decimal, thousands }: NumberStyle): RegExp => {
  const groups = thousands ? `|[1-9][0-9]{0,2}(?:${SPELLINGS[thousands]}[0-9]{3})+` : '';
  const exponent = decimal === '.' && !thousands ? '(?:[eE](?<power>[+-]?[0-9]{1,3}))?' : '';
  return new RegExp(`^(?<sign>[+-]?)(?<whole>[0-9]+${groups})(?:[${decimal}](?<fraction>[0-9]+))?${exponent}$`);
};
const PATTERNS = STYLES.map((style) => [style, patternOf(style)] as const);

/** Whether a text is a number as programs write it. */
export const isPlainNumber = (text: string): boolean => PATTERNS[0]![1].test(text);

/**
 * What numbers these texts are, by the first style in which all of them are, those with the given decimal separator before
 * others; undefined if some are not numbers.
 */
export function readNumbers(texts: Iterable<string>, decimal: Decimal = '.'): Numbers | undefined {
  const all = [...texts];
  const last = ({ decimal: its }: NumberStyle) => (its === decimal ? 0 : 1);
  const styles = [...PATTERNS].sort(([one], [other]) => last(one) - last(other));
  for (const [style, pattern] of all.length > 0 ? styles : []) {
    const numbers = inStyle(all, style, pattern);
    if (numbers) return numbers;
  }
  return undefined;
}

/**
 * Which of point and comma separates decimals in these texts, all numbers: `either` if `1.234` can be a thousand and more, or
 * one and a bit, and no other of them tells. Undefined if it does not matter.
 */
export function decimalOf(texts: string[]): Decimal | 'either' | undefined {
  if (!texts.some((text) => /[.,]/.test(text))) return undefined;
  const able = (['.', ','] as const).filter((decimal) =>
    PATTERNS.some(([style, pattern]) => style.decimal === decimal && texts.every((text) => pattern.test(text))),
  );
  return able.length === 2 ? 'either' : able[0];
}

function inStyle(texts: string[], style: NumberStyle, pattern: RegExp): Numbers | undefined {
  let [whole, scale, exactScale, fractions] = [0, 0, 0, 0];
  let [exponent, leadingZero, plus] = [false, false, false];
  let min: bigint | undefined;
  let max: bigint | undefined;
  for (const text of texts) {
    const found = pattern.exec(text)?.groups;
    if (!found) return undefined;
    const digits = found.whole!.replace(/\D/g, '');
    const fraction = found.fraction ?? '';
    if (found.power !== undefined) exponent = true;
    if (digits.length > 1 && digits.startsWith('0')) leadingZero = true;
    if (found.sign === '+') plus = true;
    if (fraction !== '') fractions++;
    whole = Math.max(whole, digits.replace(/^0+/, '').length);
    scale = Math.max(scale, fraction.length);
    exactScale = Math.max(exactScale, fraction.replace(/0+$/, '').length);
    // More digits than any type but text holds: their size is of no use.
    const value = digits.length > 40 ? 10n ** 40n : BigInt(digits);
    const signed = found.sign === '-' ? -value : value;
    if (min === undefined || signed < min) min = signed;
    if (max === undefined || signed > max) max = signed;
  }
  return {
    style,
    whole,
    scale,
    exactScale,
    pointZero: fractions > 0 && exactScale === 0 && !exponent,
    allFractions: fractions === texts.length,
    exponent,
    leadingZero,
    plus,
    min: min!,
    max: max!,
  };
}
