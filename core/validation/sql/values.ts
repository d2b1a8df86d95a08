import type { Column, ColumnType } from '../../contract/dataset.ts';
import { hasSeparators, plainNumberSql } from './numbers.ts';
import { literal } from './text.ts';
import { dateSql, timestampSteps } from './times.ts';

/** The SQL of a typed value, and the steps before it, each `<sql> AS <name>`, that it builds on. */
export interface ValueSteps {
  before: string[];
  value: string;
}

/**
 * The typed value of a column's text; NULL when the text is not exactly of the type. Never a bare TRY_CAST, which takes
 * ` 1 `, `1.5` and `1e3` for integers, `epoch` for a time, and drops a UTC offset. Instants become microseconds since
 * 1970 (UTC), since external tables hold timestamps in milliseconds only.
 */
export function valueSteps(column: Column, index: number, text: string): ValueSteps {
  const { type } = column;
  if (type.kind === 'string') return { before: [], value: text };
  if (type.kind === 'boolean') {
    return { before: [], value: `CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false END` };
  }
  if (type.kind === 'date' || type.kind === 'timestamp') {
    const formats = column.formats ?? ['iso'];
    return type.kind === 'date'
      ? { before: [], value: dateSql([...new Set(formats)], text) }
      : timestampSteps([...new Set(formats)], column.timeZone, text, index);
  }
  if (!hasSeparators(column)) return { before: [], value: numberSql(type, text) };
  return { before: [`${plainNumberSql(column, text)} AS _n${index}`], value: numberSql(type, `_n${index}`) };
}

type NumberType = Extract<ColumnType, { kind: 'int' | 'bigint' | 'decimal' | 'double' }>;

function numberSql(type: NumberType, text: string): string {
  const matches = (pattern: string) => `regexp_full_match(${text}, ${literal(pattern)})`;
  switch (type.kind) {
    case 'int':
    case 'bigint':
      return exactSql(text, type.kind, matches('[+-]?[0-9]+(?:[.]0+)?'));
    case 'decimal': {
      const { precision, scale } = type;
      const whole = precision > scale ? `0*[0-9]{1,${precision - scale}}` : '0+';
      const fraction = scale > 0 ? `(?:[.][0-9]{1,${scale}}0*)?` : '(?:[.]0+)?';
      const matching = matches(`[+-]?${whole}${fraction}`);
      // Without digits before the point DuckDB writes `.50`, which is not how a value may be written.
      if (precision === scale)
        return `CASE WHEN ${matching} THEN try_cast(${text} AS DECIMAL(${precision},${scale})) END`;
      return exactSql(text, `DECIMAL(${precision},${scale})`, matching);
    }
    case 'double': {
      const value = `try_cast(${text} AS DOUBLE)`;
      // DuckDB's Parquet writer keeps one of 0.0 and -0.0 for both, while their hashes differ; so there is only 0.0.
      return `CASE WHEN ${matches('[+-]?[0-9]+(?:[.][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?')} AND isfinite(${value}) THEN ${value} + 0.0 END`;
    }
  }
}

/** A text that is its value written back is exact, which is cheaper to see than that it matches the pattern. */
function exactSql(text: string, type: string, matches: string): string {
  const value = `try_cast(${text} AS ${type})`;
  return `CASE WHEN ${value}::VARCHAR = ${text} THEN ${value} WHEN ${matches} THEN ${value} END`;
}

/** A value that the contract gives, as SQL of the same form as the column's typed values. */
export function valueSql(value: string, type: ColumnType): string {
  switch (type.kind) {
    case 'timestamp':
      return `${Date.parse(value)}000::BIGINT`;
    case 'string':
      return literal(value);
    case 'int':
    case 'bigint':
      return `${value}::BIGINT`;
    case 'decimal':
      return `${literal(value)}::DECIMAL(${type.precision},${type.scale})`;
    default:
      return `${literal(value)}::${type.kind}`;
  }
}
