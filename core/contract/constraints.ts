import type { Column, ColumnType } from './dataset.ts';
import { patternProblem } from './pattern.ts';
import { type ContractProperty, TypeOptions } from './schema.ts';
import type { Path, Source } from './source.ts';
import { valueProblem, valueText } from './values.ts';

/** `logicalTypeOptions` as it is written, whatever the logical type. */
export interface Options {
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: string | number;
  maximum?: string | number;
  exclusiveMinimum?: string | number;
  exclusiveMaximum?: string | number;
  multipleOf?: number;
  defaultTimezone?: string;
}

type Constraints = Pick<
  Column,
  | 'pattern'
  | 'format'
  | 'minLength'
  | 'maxLength'
  | 'minimum'
  | 'maximum'
  | 'exclusiveMinimum'
  | 'exclusiveMaximum'
  | 'multipleOf'
  | 'enum'
>;

export function readOptions(property: ContractProperty, source: Source, path: Path): Options {
  const schema = TypeOptions[property.logicalType];
  return source.check(schema, property.logicalTypeOptions ?? {}, [...path, 'logicalTypeOptions']) ?? {};
}

/** What a column's values must be, beyond its type; reports what is not of the type or contradicts itself. */
export function readConstraints(
  property: ContractProperty,
  options: Options,
  type: ColumnType,
  source: Source,
  path: Path,
): Constraints {
  const say = (field: string, reason: string) =>
    source.report([...path, 'logicalTypeOptions', field], `${property.name}: ${reason}`);

  const pattern = options.pattern === undefined ? undefined : patternProblem(options.pattern);
  if (pattern) say('pattern', pattern);
  if ((options.minLength ?? 0) > (options.maxLength ?? Number.POSITIVE_INFINITY)) {
    say('minLength', 'minLength is greater than maxLength');
  }
  checkBounds(options, type, say);
  if (options.multipleOf !== undefined) {
    const reason = multipleProblem(options.multipleOf, type);
    if (reason) say('multipleOf', `multipleOf ${reason}`);
  }
  const text = (value: string | number | undefined) => (value === undefined ? undefined : valueText(value));
  return {
    pattern: options.pattern,
    format: type.kind === 'string' ? (options.format as Constraints['format']) : undefined,
    minLength: options.minLength,
    maxLength: options.maxLength,
    minimum: text(options.minimum),
    maximum: text(options.maximum),
    exclusiveMinimum: text(options.exclusiveMinimum),
    exclusiveMaximum: text(options.exclusiveMaximum),
    multipleOf: text(options.multipleOf),
    enum: enumeration(property, type, source, path),
  };
}

function checkBounds(options: Options, type: ColumnType, say: (field: string, reason: string) => void): void {
  for (const field of ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const) {
    const reason = options[field] === undefined ? undefined : valueProblem(options[field], type);
    if (reason) say(field, `${field} ${reason}`);
  }
  for (const [inclusive, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (options[inclusive] !== undefined && options[exclusive] !== undefined) {
      say(exclusive, `give ${inclusive} or ${exclusive}, not both`);
    }
  }
  const lowest = options.minimum === undefined ? 'exclusiveMinimum' : 'minimum';
  const highest = options.maximum === undefined ? 'exclusiveMaximum' : 'maximum';
  const [low, high] = [options[lowest], options[highest]];
  // Dates and instants are written in one fixed form, so their texts compare as they do.
  if (low === undefined || high === undefined || typeof low !== typeof high) return;
  if (low > high) say(lowest, `${lowest} is greater than ${highest}`);
  else if (low === high && (lowest !== 'minimum' || highest !== 'maximum')) {
    say(lowest, `no value lies between ${lowest} and ${highest}`);
  }
}

function multipleProblem(value: number, type: ColumnType): string | undefined {
  if (type.kind === 'double') return 'needs a decimal or an integer: a double is not exact';
  if (value <= 0) return 'must be greater than 0';
  return valueProblem(value, type);
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
    if (seen.has(valueText(value))) say(index, `enum value ${JSON.stringify(value)} is listed twice`);
    seen.add(valueText(value));
  }
  return [...seen];
}
