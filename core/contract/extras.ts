import { z } from 'zod';
import { FileExtras } from './file-format.ts';
import type { Path, Source } from './source.ts';

/** `customProperties`: what the standard has no words for, closed like the rest. */

const Text = z.string().min(1);
const Percent = z.number().min(0).max(100);
const CustomProperty = z.strictObject({ property: Text, value: z.unknown(), description: Text.optional() });

const Spelling = z.string('must be a text: put it in quotes').min(1, 'the empty text is a missing value by itself');
const isTwice = (items: string[]) => new Set(items).size < items.length;
const Standardising = {
  standardise: z
    .array(z.enum(['trim', 'lower', 'upper']))
    .min(1)
    .refine((steps) => !isTwice(steps), 'a step is listed twice')
    .refine((steps) => !steps.includes('lower') || !steps.includes('upper'), 'lower and upper contradict each other')
    .optional(),
  nullValues: z
    .array(Spelling)
    .min(1)
    .refine((spellings) => !isTwice(spellings), 'a spelling is listed twice')
    .optional(),
  decimalSeparator: z.enum([',', '.']).optional(),
  /** Null: none, where the table has one for all its columns. */
  thousandsSeparator: z.enum(['.', ',', ' ', "'", '_']).nullable().optional(),
};

/** On the table. What it says of standardising holds for every column that does not say otherwise. */
export const TableExtras = z.strictObject({
  versionColumns: z.array(Text).default([]),
  history: z.enum(['latest', 'scd2', 'append']),
  drift: z.enum(['reject', 'rescue', 'evolve']),
  maxRejectPercent: Percent,
  alarmRejectPercent: Percent.optional(),
  deletedColumn: Text.optional(),
  identity: z.literal('content').optional(),
  file: FileExtras.optional(),
  ...Standardising,
});
export type TableExtras = z.infer<typeof TableExtras>;

/** On a column. */
export const ColumnExtras = z.strictObject({
  aliases: z.array(Text).default([]),
  partitionTransform: z.enum(['day', 'month', 'year', 'identity']).optional(),
  ...Standardising,
  valueAliases: z
    .record(Text, z.array(Spelling).min(1))
    .refine((aliases) => Object.keys(aliases).length > 0, 'lists no value')
    .optional(),
  formats: z.array(Text).min(1).optional(),
  money: z
    .strictObject({
      currency: Text,
      symbols: z
        .record(Text, Text)
        .refine((symbols) => Object.keys(symbols).length > 0, 'lists no symbol')
        .optional(),
    })
    .optional(),
  warnOnly: z.array(Text).min(1).optional(),
  onOrphan: z.enum(['flag', 'hold']).optional(),
});
export type ColumnExtras = z.infer<typeof ColumnExtras>;

/** Reads a list of customProperties into one record by a closed schema; reports unknown, repeated and wrong ones. */
export function readExtras<T extends typeof ColumnExtras | typeof TableExtras>(
  list: unknown[],
  schema: T,
  source: Source,
  path: Path,
): ReturnType<T['parse']> | undefined {
  const values: Record<string, unknown> = {};
  let usable = true;
  for (const [index, item] of list.entries()) {
    const at = [...path, 'customProperties', index];
    const entry = source.check(CustomProperty, item, at);
    if (!entry) {
      usable = false;
      continue;
    }
    const shape: Record<string, z.ZodType> = schema.shape;
    const field = Object.hasOwn(shape, entry.property) ? shape[entry.property] : undefined;
    if (!field) source.report([...at, 'property'], `unknown customProperty "${entry.property}"`);
    else if (entry.property in values) source.report([...at, 'property'], `"${entry.property}" is given twice`);
    else {
      const value =
        entry.value === undefined ? undefined : source.check(field, entry.value, [...at, 'value'], entry.property);
      if (entry.value === undefined) source.report(at, `${entry.property}: has no value`);
      if (value === undefined) usable = false;
      else values[entry.property] = value;
    }
  }
  if (!usable) return undefined;
  return source.check(schema, values, [...path, 'customProperties']) as ReturnType<T['parse']> | undefined;
}

/** Where the value of a customProperty stands in the contract; the whole list if it is not there. */
export function placeOfExtra(source: Source, path: Path, name: string): Path {
  let part = source.value as Record<string | number, unknown> | undefined;
  for (const step of path) part = part?.[step] as Record<string | number, unknown> | undefined;
  const list = (part?.customProperties ?? []) as ({ property?: unknown } | null)[];
  return [...path, 'customProperties', list.findIndex((item) => item?.property === name)];
}
