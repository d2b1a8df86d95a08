import { z } from 'zod';

/**
 * The part of the Open Data Contract Standard v3.2 (bitol.io) that is acted upon, closed: a field that is not listed is
 * an error, since the standard's own models let misspelt fields pass and a rule that nobody reads is worse than none.
 */

const Text = z.string().min(1);

export const ContractDocument = z.strictObject({
  apiVersion: z.literal('v3.2.0'),
  kind: z.literal('DataContract'),
  id: Text,
  name: Text,
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version reads major.minor.patch'),
  status: z.enum(['proposed', 'draft', 'active', 'deprecated', 'retired']),
  domain: Text.optional(),
  tags: z.array(Text).optional(),
  description: z.strictObject({ purpose: Text, usage: Text.optional(), limitations: Text.optional() }),
  schema: z.array(z.unknown()).length(1, 'a contract describes exactly one table'),
  team: z.strictObject({
    name: Text,
    description: Text.optional(),
    members: z.array(z.strictObject({ username: Text, name: Text.optional(), role: Text.optional() })).optional(),
  }),
  support: z
    .array(z.strictObject({ channel: Text, url: Text.optional(), tool: Text.optional(), scope: Text.optional() }))
    .optional(),
  slaProperties: z
    .array(
      z.strictObject({
        id: Text.optional(),
        property: Text,
        value: z.union([z.string(), z.number()]),
        unit: Text.optional(),
        element: Text.optional(),
        driver: Text.optional(),
      }),
    )
    .optional(),
});

export const ContractTable = z.strictObject({
  name: Text,
  id: Text.optional(),
  physicalType: z.literal('table').optional(),
  description: Text.optional(),
  businessName: Text.optional(),
  dataGranularityDescription: Text.optional(),
  tags: z.array(Text).optional(),
  properties: z.array(z.unknown()).min(1),
  quality: z.array(z.unknown()).default([]),
  customProperties: z.array(z.unknown()).default([]),
});

export const ContractProperty = z.strictObject({
  name: Text,
  id: Text.optional(),
  description: Text.optional(),
  businessName: Text.optional(),
  logicalType: z.enum(['string', 'integer', 'number', 'boolean', 'date', 'timestamp']),
  physicalType: Text,
  required: z.boolean().default(false),
  unique: z.boolean().optional(),
  primaryKey: z.boolean().default(false),
  primaryKeyPosition: z.int().min(1).optional(),
  partitioned: z.boolean().default(false),
  partitionKeyPosition: z.literal(1, 'a table has one partition column').optional(),
  classification: Text.optional(),
  tags: z.array(Text).default([]),
  examples: z.array(z.unknown()).optional(),
  enum: z
    .array(
      z.strictObject({
        value: z.union([z.string(), z.number(), z.boolean()]),
        label: Text.optional(),
        description: Text.optional(),
      }),
    )
    .min(1)
    .optional(),
  logicalTypeOptions: z.unknown().optional(),
  relationships: z.array(z.strictObject({ type: z.literal('foreignKey'), to: Text })).optional(),
  quality: z.array(z.unknown()).default([]),
  customProperties: z.array(z.unknown()).default([]),
});
export type ContractProperty = z.infer<typeof ContractProperty>;

const Length = z.int().min(0);
const Bounds = <T extends z.ZodType>(bound: T) => ({
  minimum: bound.optional(),
  maximum: bound.optional(),
  exclusiveMinimum: bound.optional(),
  exclusiveMaximum: bound.optional(),
});
const NumberOptions = z.strictObject({ ...Bounds(z.number()), multipleOf: z.number().optional() });

/** `logicalTypeOptions`, by logical type. */
export const TypeOptions = {
  string: z.strictObject({
    pattern: Text.optional(),
    format: z.enum(['email', 'uuid', 'uri', 'hostname', 'ipv4', 'ipv6']).optional(),
    minLength: Length.optional(),
    maxLength: Length.optional(),
  }),
  integer: NumberOptions,
  number: NumberOptions,
  boolean: z.strictObject({}),
  date: z.strictObject({ ...Bounds(z.string()), format: Text.optional() }),
  timestamp: z.strictObject({
    ...Bounds(z.string()),
    format: Text.optional(),
    timezone: z.literal(false, 'instants are stored in UTC without a zone').optional(),
    defaultTimezone: Text.optional(),
  }),
} as const;
