import { z } from 'zod';

/** `quality` of a table or a column, by type. */

const Text = z.string().min(1);
const Described = {
  type: z.enum(['library', 'custom', 'sql', 'text']).optional(),
  id: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'has letters, digits, _ and - only, and begins with a letter')
    .optional(),
  name: Text.optional(),
  description: Text.optional(),
  dimension: z
    .enum(['accuracy', 'completeness', 'conformity', 'consistency', 'coverage', 'timeliness', 'uniqueness'])
    .optional(),
  severity: z.enum(['error', 'warning']).default('error'),
  businessImpact: Text.optional(),
};
export const TextRule = z.strictObject({ ...Described, description: Text });
export const CustomRule = z.strictObject({
  ...Described,
  id: Described.id.unwrap(),
  engine: z.string(),
  implementation: z.string('must be a text with a SQL condition').min(1),
});
const Range = z
  .tuple([z.number(), z.number()], 'must be two numbers')
  .refine(([low, high]) => low < high, 'the smaller number stands first');
/** `arguments` of `duplicateValues` on the table, the only metric that has any here. */
export const DuplicateArguments = z.strictObject({ properties: z.array(Text).min(1) });

/** The standard's operators. */
export const OPERATORS = {
  mustBe: z.number(),
  mustNotBe: z.number(),
  mustBeGreaterThan: z.number(),
  mustBeGreaterOrEqualTo: z.number(),
  mustBeLessThan: z.number(),
  mustBeLessOrEqualTo: z.number(),
  mustBeBetween: Range,
  mustNotBeBetween: Range,
};
export const LibraryRule = z.strictObject({
  ...Described,
  metric: z.enum(['rowCount', 'nullValues', 'missingValues', 'invalidValues', 'duplicateValues']),
  arguments: z.unknown().optional(),
  unit: z.enum(['rows', 'percent']).default('rows'),
  ...(Object.fromEntries(Object.entries(OPERATORS).map(([name, type]) => [name, type.optional()])) as {
    [Name in keyof typeof OPERATORS]: z.ZodOptional<(typeof OPERATORS)[Name]>;
  }),
});
export type LibraryRule = z.infer<typeof LibraryRule>;
