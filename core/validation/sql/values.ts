import type { ColumnType } from '../../contract/dataset.ts';
import { literal } from './text.ts';

/** The calendar has no year 0. */
const DATE = '([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-[0-9]{2}-[0-9]{2}';
const TIME = `${DATE}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?`;
const OFFSET = '[+-]([01][0-9]|2[0-3]):[0-5][0-9]';
/**
 * The first and the last microsecond of the years 0001 to 9999 in UTC, where Athena's literals and partitions end. With
 * a UTC offset a time can lie beyond the year that its text names.
 */
const FIRST_INSTANT = -62_135_596_800_000_000n;
const LAST_INSTANT = 253_402_300_799_999_999n;

/**
 * The typed value of a text; NULL when the text is not exactly of the type. Never a bare TRY_CAST, which takes ` 1 `,
 * `1.5` and `1e3` for integers, `epoch` for a time, and drops a UTC offset. Instants become microseconds since 1970
 * (UTC), since external tables hold timestamps in milliseconds only.
 */
export function typedSql(type: ColumnType, text: string): string {
  const when = (pattern: string, value: string) => `WHEN regexp_full_match(${text}, ${literal(pattern)}) THEN ${value}`;
  switch (type.kind) {
    case 'string':
      return text;
    case 'int':
      return `CASE ${when('[+-]?[0-9]{1,19}([.]0{1,9})?', `try_cast(${text} AS INTEGER)`)} END`;
    case 'bigint':
      return `CASE ${when('[+-]?[0-9]{1,19}([.]0{1,9})?', `try_cast(${text} AS BIGINT)`)} END`;
    case 'decimal': {
      const whole = type.precision > type.scale ? `0*[0-9]{1,${type.precision - type.scale}}` : '0+';
      const fraction = type.scale > 0 ? `([.][0-9]{1,${type.scale}}0*)?` : '([.]0+)?';
      return `CASE ${when(`[+-]?${whole}${fraction}`, `try_cast(${text} AS DECIMAL(${type.precision},${type.scale}))`)} END`;
    }
    case 'double': {
      const value = `try_cast(${text} AS DOUBLE)`;
      return `CASE ${when('[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,3})?', `CASE WHEN isfinite(${value}) THEN ${value} END`)} END`;
    }
    case 'boolean':
      return `CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case 'date':
      return `CASE ${when(DATE, `try_cast(${text} AS DATE)`)} END`;
    case 'timestamp': {
      const shifted = `epoch_us(try_cast(${text} AS TIMESTAMPTZ))`;
      return `CASE ${when(`${TIME}Z?`, `epoch_us(try_cast(${text} AS TIMESTAMP))`)} ${when(
        `${TIME}${OFFSET}`,
        `CASE WHEN ${shifted} BETWEEN ${FIRST_INSTANT} AND ${LAST_INSTANT} THEN ${shifted} END`,
      )} END`;
    }
  }
}

/** What a value of the type looks like, for the sentence that refuses another. */
export function typeSentence(type: ColumnType): string {
  switch (type.kind) {
    case 'int':
      return 'must be a whole number between -2147483648 and 2147483647';
    case 'bigint':
      return 'must be a whole number of at most 64 bits';
    case 'decimal':
      return `must be a number with at most ${type.precision - type.scale} digits before and ${type.scale} after the point`;
    case 'double':
      return 'must be a number';
    case 'boolean':
      return 'must be true or false';
    case 'date':
      return 'must be a date like 2025-01-31, of the years 0001 to 9999';
    case 'timestamp':
      return 'must be a time like 2025-01-31T23:59:59Z, of the years 0001 to 9999 in UTC';
    default:
      return 'must be a text';
  }
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
