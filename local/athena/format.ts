/** Values and types as Athena's API and result files show them. */

export interface TypeSignature {
  rawType: string;
  arguments: { kind: string; value: unknown }[];
}

export interface TrinoColumn {
  name: string;
  type: string;
  typeSignature: TypeSignature;
}

export interface ColumnInfo {
  CatalogName: string;
  SchemaName: string;
  TableName: string;
  Name: string;
  Label: string;
  Type: string;
  Precision: number;
  Scale: number;
  Nullable: 'UNKNOWN';
  CaseSensitive: boolean;
}

/** A value of Trino's answer; every number is its text, so that 64-bit integers and decimals stay exact. */
export type TrinoValue = string | boolean | null | TrinoValue[] | { [key: string]: TrinoValue };

const TYPE_NAMES: Record<string, string> = { real: 'float', char: 'char', unknown: 'unknown' };

/** [precision, scale] as Athena reports them for types that have no parameters of their own. */
const PRECISIONS: Record<string, [number, number]> = {
  varchar: [2147483647, 0],
  tinyint: [3, 0],
  smallint: [5, 0],
  integer: [10, 0],
  bigint: [19, 0],
  float: [17, 0],
  double: [17, 0],
  varbinary: [1073741824, 0],
  timestamp: [3, 0],
  'timestamp with time zone': [3, 0],
};

/** Athena's ColumnInfo for a column of Trino's answer. */
export function columnInfo(column: TrinoColumn): ColumnInfo {
  const raw = column.typeSignature.rawType;
  const type = TYPE_NAMES[raw] ?? raw;
  const numbers = column.typeSignature.arguments.map((argument) => Number(argument.value));
  const [precision, scale] = raw === 'decimal' ? [numbers[0]!, numbers[1]!] : (PRECISIONS[type] ?? [0, 0]);
  return {
    CatalogName: 'hive',
    SchemaName: '',
    TableName: '',
    Name: column.name,
    Label: column.name,
    Type: type,
    Precision: precision,
    Scale: scale,
    Nullable: 'UNKNOWN',
    CaseSensitive: type === 'varchar' || type === 'char',
  };
}

/** The text of a cell, or null for NULL. */
export function formatCell(value: TrinoValue | undefined, type: TypeSignature): string | null {
  return value === null || value === undefined ? null : format(value, type);
}

function format(value: TrinoValue | undefined, type: TypeSignature | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return String(value);
  const inner = (index: number) => typeAt(type, index);
  if (type?.rawType === 'array' && Array.isArray(value)) {
    return `[${value.map((item) => format(item, inner(0))).join(', ')}]`;
  }
  if (type?.rawType === 'row' && Array.isArray(value)) {
    return `{${value.map((item, index) => `${fieldName(type, index)}=${format(item, inner(index))}`).join(', ')}}`;
  }
  if (type?.rawType === 'map' && typeof value === 'object' && !Array.isArray(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}=${format(item, inner(1))}`)
      .join(', ')}}`;
  }
  if (typeof value === 'object') return JSON.stringify(value);
  if (type?.rawType === 'varbinary') return (Buffer.from(value, 'base64').toString('hex').match(/../g) ?? []).join(' ');
  if (type?.rawType.startsWith('timestamp')) return milliseconds(value);
  return value;
}

/** Athena shows at least milliseconds; Trino shows as many digits as the type has. */
function milliseconds(timestamp: string): string {
  return timestamp.replace(
    /(\d\d:\d\d:\d\d)(?:\.(\d*))?/,
    (_, time: string, digits = '') => `${time}.${digits.padEnd(3, '0')}`,
  );
}

interface NamedType {
  fieldName?: { name?: string } | null;
  typeSignature: TypeSignature;
}

function typeAt(type: TypeSignature | undefined, index: number): TypeSignature | undefined {
  const argument = type?.arguments[index];
  if (!argument) return undefined;
  return argument.kind === 'NAMED_TYPE'
    ? (argument.value as NamedType).typeSignature
    : (argument.value as TypeSignature);
}

function fieldName(type: TypeSignature, index: number): string {
  return (type.arguments[index]?.value as NamedType | undefined)?.fieldName?.name ?? `field${index}`;
}

/** One line of a result file: every value in quotes, NULL as nothing. */
export function csvLine(cells: (string | null)[]): string {
  return `${cells.map((cell) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`)).join(',')}\n`;
}
