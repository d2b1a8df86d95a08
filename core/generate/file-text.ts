import type { Dataset } from '../contract/dataset.ts';
import { csvField } from '../validation/csv.ts';
import { columnsByHeader } from '../validation/header.ts';
import type { Format } from './generator.ts';
import type { Row } from './row.ts';

/** A row, or one that is cut off in the middle, which no reader can take for a row. */
export type Line = { row: Row; isCutOff?: boolean };

/** The text of a file. Numbers and booleans of the contract are such in JSON, too, if the text is one. */
export function fileText(lines: Line[], columns: readonly string[], format: Format, dataset: Dataset): string {
  if (format === 'jsonl') {
    const kinds = kindsOf(columns, dataset);
    return lines.map((line) => `${jsonLine(line, columns, kinds)}\n`).join('');
  }
  const text = ({ row, isCutOff }: Line) =>
    (isCutOff ? columns.slice(0, 2) : columns).map((column) => csvField(String(row[column] ?? ''))).join(',');
  return `${[columns.join(','), ...lines.map(text)].join('\n')}\n`;
}

function kindsOf(columns: readonly string[], dataset: Dataset): (string | undefined)[] {
  const byHeader = columnsByHeader(dataset);
  return columns.map((column) => dataset.columns[byHeader.get(column.toLowerCase()) ?? -1]?.type.kind);
}

function jsonLine({ row, isCutOff }: Line, columns: readonly string[], kinds: (string | undefined)[]): string {
  const value = (column: string, kind: string | undefined) => {
    const text = String(row[column] ?? '');
    if (text === '') return null;
    const isNumber = kind === 'int' || kind === 'bigint' || kind === 'decimal' || kind === 'double';
    if (isNumber && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
    return kind === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text;
  };
  const members = Object.fromEntries(columns.map((column, index) => [column, value(column, kinds[index])]));
  const json = JSON.stringify(members);
  return isCutOff ? json.slice(0, json.indexOf(',') + 2) : json;
}
