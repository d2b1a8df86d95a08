import { readConstraints, readOptions } from './constraints.ts';
import type { Column, ColumnType, Reference } from './dataset.ts';
import { ColumnExtras, readExtras, type TableExtras } from './extras.ts';
import { readFormats } from './formats.ts';
import { readMoney } from './money.ts';
import { readReferences } from './references.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import type { ContractProperty } from './schema.ts';
import type { Path, Source } from './source.ts';
import { readStandardise } from './standardise.ts';
import { readWarnings } from './warnings.ts';

/** A column with what the contract says of it beyond its own rules. */
export interface ParsedColumn {
  column: Column;
  property: ContractProperty;
  partitionTransform?: 'day' | 'month' | 'year' | 'identity';
  references: Reference[];
  path: Path;
}

/** Why a table or column may not have this name; undefined if it may. */
export function nameProblem(name: string): string | undefined {
  if (!/^[a-z][a-z0-9_]{0,127}$/.test(name)) return `"${name}" is not a lower_snake name (letters, digits, _)`;
  if (name.startsWith('meta_')) return `"${name}" begins with meta_, which is reserved for the pipeline's own columns`;
  if (RESERVED_WORDS.has(name)) return `"${name}" is a reserved word in Athena`;
  return undefined;
}

/**
 * Reads one property of a contract's table, with what the table says for all its columns; reports what is wrong with it.
 * Undefined if too little of it is usable.
 */
export function parseColumn(
  property: ContractProperty,
  table: TableExtras | undefined,
  source: Source,
  path: Path,
): ParsedColumn | undefined {
  const problem = (field: string, reason: string) => source.report([...path, field], `${property.name}: ${reason}`);
  const wrongName = nameProblem(property.name);
  if (wrongName) problem('name', wrongName);

  const type = columnType(property);
  if (typeof type === 'string') {
    problem('physicalType', type);
    return undefined;
  }
  if (property.primaryKey && !property.required) problem('primaryKey', 'a key column must be required');
  if (property.primaryKey && type.kind === 'double') problem('primaryKey', 'a double can not be a key: use decimal');

  const extras = readExtras(property.customProperties, ColumnExtras, source, path);
  const options = readOptions(property, source, path);
  const checked = {
    name: property.name,
    aliases: extras?.aliases ?? [],
    type,
    required: property.required,
    ...readConstraints(property, options, type, source, path),
    unique: property.unique || undefined,
    pii: property.tags.includes('pii'),
  };
  const column = {
    ...checked,
    ...readStandardise(checked, extras, table, source, path),
    ...readFormats(checked, options, extras, source, path),
    money: readMoney(checked, extras, source, path),
    warnings: readWarnings(checked, extras, source, path),
  };
  const references = readReferences(property, extras, source, path);
  return { column, property, partitionTransform: extras?.partitionTransform, references, path };
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
