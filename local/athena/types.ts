import type { Cursor } from './cursor.ts';
import { quoteName } from './names.ts';

/** Types of Athena's Iceberg DDL that stand alone, in Trino's words. */
const PLAIN: Record<string, string> = {
  BOOLEAN: 'boolean',
  INT: 'integer',
  BIGINT: 'bigint',
  LONG: 'bigint',
  FLOAT: 'real',
  DOUBLE: 'double',
  DATE: 'date',
  TIMESTAMP: 'timestamp(6)',
  STRING: 'varchar',
  BINARY: 'varbinary',
};

/**
 * Reads a column type of Athena's DDL and answers Trino's; throws StatementError for a type that Athena does not take
 * in an Iceberg table (https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-supported-data-types.html).
 */
export function readType(cursor: Cursor): string {
  const token = cursor.peek();
  const name = cursor.word('a data type').toUpperCase();
  const plain = PLAIN[name];
  if (plain) return plain;
  switch (name) {
    case 'DECIMAL': {
      if (!cursor.trySymbol('(')) return 'decimal(10, 0)';
      const precision = cursor.number();
      const scale = cursor.trySymbol(',') ? cursor.number() : '0';
      cursor.symbol(')');
      return `decimal(${precision}, ${scale})`;
    }
    case 'ARRAY': {
      cursor.symbol('<');
      const item = readType(cursor);
      cursor.symbol('>');
      return `array(${item})`;
    }
    case 'MAP': {
      cursor.symbol('<');
      const key = readType(cursor);
      cursor.symbol(',');
      const value = readType(cursor);
      cursor.symbol('>');
      return `map(${key}, ${value})`;
    }
    case 'STRUCT': {
      cursor.symbol('<');
      const fields: string[] = [];
      do {
        const field = cursor.name('a field name');
        cursor.symbol(':');
        fields.push(`${quoteName(field)} ${readType(cursor)}`);
      } while (cursor.trySymbol(','));
      cursor.symbol('>');
      return `row(${fields.join(', ')})`;
    }
    default:
      throw cursor.error(`Iceberg tables have no column type ${name.toLowerCase()}`, token);
  }
}
