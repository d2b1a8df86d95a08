import type { z } from 'zod';
import type { Column, ColumnType } from './dataset.ts';
import { patternProblem } from './pattern.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import { ColumnExtras, type ContractProperty, CustomProperty, type TableExtras, TypeOptions } from './schema.ts';
import type { Path, Source } from './source.ts';
import { valueProblem } from './values.ts';

/** A column with what the contract says of it beyond its own rules. */
export interface ParsedColumn {
  column: Column;
  property: ContractProperty;
  partitionTransform?: 'day' | 'month' | 'year' | 'identity';
  path: Path;
}

/** Why a table or column may not have this name; undefined if it may. */
export function nameProblem(name: string): string | undefined {
  if (!/^[a-z][a-z0-9_]{0,127}$/.test(name)) return `"${name}" is not a lower_snake name (letters, digits, _)`;
  if (name.startsWith('meta_')) return `"${name}" begins with meta_, which is reserved for the pipeline's own columns`;
  if (RESERVED_WORDS.has(name)) return `"${name}" is a reserved word in Athena`;
  return undefined;
}

/** Reads one property of a contract's table; reports what is wrong with it. Undefined if too little of it is usable. */
export function parseColumn(property: ContractProperty, source: Source, path: Path): ParsedColumn | undefined {
  const problem = (field: string, reason: string) => source.report([...path, field], `${property.name}: ${reason}`);
  const wrongName = nameProblem(property.name);
  if (wrongName) problem('name', wrongName);

  const type = columnType(property);
  if (typeof type === 'string') {
    problem('physicalType', type);
    return undefined;
  }
  if (property.unique && !property.primaryKey) problem('unique', 'only key columns are unique');
  if (property.primaryKey && !property.required) problem('primaryKey', 'a key column must be required');
  if (property.primaryKey && type.kind === 'double') problem('primaryKey', 'a double can not be a key: use decimal');

  const extras = customProperties(property.customProperties, ColumnExtras, source, path);
  return {
    property,
    path,
    partitionTransform: extras?.partitionTransform,
    column: {
      name: property.name,
      aliases: extras?.aliases ?? [],
      type,
      required: property.required,
      ...valueRules(property, type, source, path),
      pii: property.tags.includes('pii'),
    },
  };
}

/** The physical type decides; it must be one of those that its logical type allows. Returns the reason if it is not. */
function columnType(property: ContractProperty): ColumnType | string {
  const { logicalType: logical, physicalType: physical } = property;
  if (logical === 'integer' && (physical === 'int' || physical === 'bigint')) return { kind: physical };
  if (logical === 'number' && physical === 'double') return { kind: 'double' };
  const decimal = /^decimal\((\d+), ?(\d+)\)$/.exec(physical);
  if (logical === 'number' && decimal) {
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
    if (precision < 1 || precision > 38) return `${physical}: the precision must be 1 to 38`;
    return scale <= precision ? { kind: 'decimal', precision, scale } : `${physical}: the scale exceeds the precision`;
  }
  if (logical !== 'integer' && logical !== 'number' && physical === logical) return { kind: logical };
  const allowed = { integer: 'int or bigint', number: 'decimal(p,s) or double' }[logical as 'integer'] ?? logical;
  return `logicalType ${logical} needs physicalType ${allowed}, not ${physical}`;
}

type ValueRules = Pick<Column, 'pattern' | 'minLength' | 'maxLength' | 'minimum' | 'maximum' | 'enum'>;

function valueRules(property: ContractProperty, type: ColumnType, source: Source, path: Path): ValueRules {
  const at = [...path, 'logicalTypeOptions'];
  const say = (field: string, reason: string) => source.report([...at, field], `${property.name}: ${reason}`);
  const options: {
    pattern?: string;
    minLength?: number;
    maxLength?: number;
    minimum?: string | number;
    maximum?: string | number;
  } = source.check(TypeOptions[property.logicalType], property.logicalTypeOptions ?? {}, at) ?? {};

  const pattern = options.pattern === undefined ? undefined : patternProblem(options.pattern);
  if (pattern) say('pattern', pattern);
  for (const field of ['minimum', 'maximum'] as const) {
    const reason = options[field] === undefined ? undefined : valueProblem(options[field], type);
    if (reason) say(field, `${field} ${reason}`);
  }
  // Dates and instants are written in one fixed form, so their texts compare as they do.
  const isAbove = (low?: string | number, high?: string | number) =>
    low !== undefined && high !== undefined && typeof low === typeof high && low > high;
  if (isAbove(options.minimum, options.maximum)) say('minimum', 'minimum is greater than maximum');
  if (isAbove(options.minLength, options.maxLength)) say('minLength', 'minLength is greater than maxLength');

  return {
    pattern: options.pattern,
    minLength: options.minLength,
    maxLength: options.maxLength,
    minimum: options.minimum?.toString(),
    maximum: options.maximum?.toString(),
    enum: enumeration(property, type, source, path),
  };
}

function enumeration(property: ContractProperty, type: ColumnType, source: Source, path: Path): string[] | undefined {
  if (!property.enum) return undefined;
  const say = (index: number, reason: string) => source.report([...path, 'enum', index], `${property.name}: ${reason}`);
  if (!['string', 'int', 'bigint', 'decimal', 'date'].includes(type.kind)) {
    source.report([...path, 'enum'], `${property.name}: a ${type.kind} column can not be an enumeration`);
  }
  const seen = new Set<string>();
  for (const [index, { value }] of property.enum.entries()) {
    const reason = valueProblem(value, type);
    if (reason) say(index, `enum value ${reason}`);
    if (value === '') say(index, 'an empty enum value can never match: an empty text is a missing value');
    if (seen.has(String(value))) say(index, `enum value ${JSON.stringify(value)} is listed twice`);
    seen.add(String(value));
  }
  return [...seen];
}

/** Reads a list of customProperties into one record by a closed schema; reports unknown, repeated and wrong ones. */
export function customProperties<T extends typeof ColumnExtras | typeof TableExtras>(
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
    const field = (schema.shape as Record<string, z.ZodType>)[entry.property];
    if (!field) source.report([...at, 'property'], `unknown customProperty "${entry.property}"`);
    else if (entry.property in values) source.report([...at, 'property'], `"${entry.property}" is given twice`);
    else if (source.check(field, entry.value, [...at, 'value'], entry.property) === undefined) usable = false;
    else values[entry.property] = entry.value;
  }
  if (!usable) return undefined;
  return source.check(schema, values, [...path, 'customProperties']) as ReturnType<T['parse']> | undefined;
}
