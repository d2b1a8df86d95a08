import type { Column, ColumnType } from '../contract/dataset.ts';
import type { Personal } from './personal.ts';

/** What a draft says of one column. */
export interface Guess {
  header: string;
  name: string;
  type: ColumnType;
  required: boolean;
  trim?: boolean;
  nulls: string[];
  valueAliases?: Record<string, string[]>;
  decimalSeparator?: ',';
  thousandsSeparator?: string;
  formats?: string[];
  pattern?: string;
  format?: string;
  enum?: string[];
  warnOnly?: string[];
  personal?: Personal;
  /** The key column of another contract that it seems to refer to. */
  refersTo?: { dataset: string; column: string };
  /** What the guess rests on, a sentence each. */
  notes: string[];
  /** What only a person can decide. */
  todos: string[];
}

/** A property of a guess that can be taken back when rows of the sample break it. */
export type Rule = 'required' | 'type' | 'pattern' | 'format' | 'enum';

/** The guess without a rule that rows of the sample break after all, wider rather than wrong. */
export function withoutRule(guess: Guess, rule: string, rows: number): Guess {
  const said = `${rows.toLocaleString('en-US')} of the sample's rows broke the rule ${rule} of a first draft, so it is left out`;
  const rest = { ...guess, notes: [...guess.notes, said] };
  switch (rule) {
    case 'required':
      return { ...rest, required: false };
    case 'enum':
      return { ...rest, enum: undefined };
    case 'pattern':
      return { ...rest, pattern: undefined };
    case 'format':
      return { ...rest, format: undefined, warnOnly: undefined };
    default: {
      const { valueAliases, decimalSeparator, thousandsSeparator, formats, refersTo, ...text } = rest;
      return { ...text, type: { kind: 'string' } };
    }
  }
}

/** A guess as a column of a contract, as far as its values are read by it. */
export function columnOf(guess: Guess): Column {
  const aliases = Object.entries(guess.valueAliases ?? {});
  return {
    name: guess.name,
    aliases: [],
    type: guess.type,
    required: false,
    pii: false,
    standardise: {
      trim: guess.trim,
      nulls: guess.nulls,
      values: Object.fromEntries(aliases.flatMap(([value, texts]) => texts.map((text) => [text, value]))),
    },
    decimalSeparator: guess.decimalSeparator,
    thousandsSeparator: guess.thousandsSeparator as Column['thousandsSeparator'],
    formats: guess.formats,
  };
}
