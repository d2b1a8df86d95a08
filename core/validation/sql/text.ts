import { COMMA_QUOTE, type StagedDialect } from '../csv.ts';

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const list = (items: string[]): string => items.join(', ');

/** Reads Parquet files and nothing else: no column comes from a folder on the way to them that is named like `a=b`. */
export const readParquet = (...paths: string[]): string =>
  `read_parquet([${list(paths.map(literal))}], hive_partitioning=false)`;

/** The same with the number of each row of one file from 0 on, as `file_row_number`. */
export const readParquetRows = (path: string): string =>
  `read_parquet(${literal(path)}, hive_partitioning=false, file_row_number=true)`;

/**
 * A strict, explicit read of a CSV file of ours: nothing is sniffed, nothing is skipped. In parallel only where no
 * field has a line end: DuckDB's parallel scan goes wrong on long ones. The spelling of NULL is one that no field can
 * have, since the splitter lets no NUL pass: any other text is a value that somebody may send.
 */
export function readCsv(
  path: string,
  columns: [name: string, type: string][],
  longest: number,
  multiline: boolean,
  { delimiter, quote }: StagedDialect = COMMA_QUOTE,
): string {
  const lineSize = Math.max(longest + 128, 65536);
  return `read_csv(${literal(path)}, columns={${list(columns.map(([name, type]) => `${literal(name)}: ${literal(type)}`))}},
    header=false, auto_detect=false, hive_partitioning=false, strict_mode=true, null_padding=false, ignore_errors=false, comment='', new_line='\\n',
    delim=${literal(delimiter)}, quote=${literal(quote)}, escape=${literal(quote)}, nullstr=chr(0), parallel=${!multiline},
    max_line_size=${lineSize}, buffer_size=${Math.max(4 * 1024 * 1024, 3 * lineSize)})`;
}
