export type Cell = string | number | undefined;

/** A table of text: the first column to the left, the others to the right. */
export function table(titles: string[], rows: Cell[][]): string {
  const texts = [titles, ...rows.map((row) => titles.map((_, index) => String(row[index] ?? '')))];
  const widths = titles.map((_, index) => Math.max(...texts.map((row) => row[index]!.length)));
  const line = (row: string[]) =>
    row
      .map((text, index) => (index === 0 ? text.padEnd(widths[index]!) : text.padStart(widths[index]!)))
      .join('  ')
      .trimEnd();
  return [line(texts[0]!), widths.map((width) => '-'.repeat(width)).join('  '), ...texts.slice(1).map(line)].join('\n');
}

/** `10k`, `1M`. */
export function rowsText(rows: number): string {
  if (rows >= 1e6) return `${rows / 1e6}M`;
  return rows >= 1e3 ? `${rows / 1e3}k` : String(rows);
}

/** Takes `10k`, `1M`, `250000`; throws for anything else. */
export function parseRows(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text.trim());
  const rows = match === null ? 0 : Number(match[1]) * { '': 1, k: 1e3, M: 1e6 }[match[2] as '' | 'k' | 'M'];
  if (!Number.isInteger(rows) || rows < 1) throw new Error(`not a number of rows: "${text}" (write 10k, 1M or 250000)`);
  return rows;
}
