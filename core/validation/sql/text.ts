export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const list = (items: string[]): string => items.join(', ');

/**
 * A strict, explicit read of a CSV file of ours: nothing is sniffed, nothing is skipped. In parallel only where no
 * field has a line end: DuckDB's parallel scan goes wrong on long ones.
 */
export function readCsv(
  path: string,
  columns: [name: string, type: string][],
  longest: number,
  multiline: boolean,
): string {
  const lineSize = Math.max(longest + 128, 65536);
  return `read_csv(${literal(path)}, columns={${list(columns.map(([name, type]) => `${literal(name)}: ${literal(type)}`))}},
    header=false, auto_detect=false, strict_mode=true, null_padding=false, ignore_errors=false, comment='', new_line='\\n',
    delim=',', quote='"', escape='"', nullstr=chr(1)||chr(2)||'null', parallel=${!multiline},
    max_line_size=${lineSize}, buffer_size=${Math.max(4 * 1024 * 1024, 3 * lineSize)})`;
}
