/** How values read on a terminal. Machines get them through `--json`, unchanged. */

import { formatTime } from '../core/figures.ts';

export { formatBytes, formatCount, formatDuration, formatTime, plural } from '../core/figures.ts';

/** `-` for nothing to see; a line break would break a line of plain output. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return formatTime(value);
  return String(value);
}

/** Plain output is one record a line and one tab between fields, whatever the values hold. */
export function plainCell(value: unknown): string {
  return cell(value).replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\r/g, '\\r').replace(/\n/g, '\\n');
}

/** Makes control characters visible, line breaks and tabs excepted: rows come from files that strangers wrote. */
export function printable(text: string): string {
  return text
    .replaceAll('\t', '  ')
    .replace(/\p{Cc}/gu, (character) =>
      character === '\n' ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
}

/** A duration as people write it: `90s`, `15m`, `2h`, `7d`; `undefined` when it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(s|m|h|d)$/.exec(text.trim());
  if (match === null) return undefined;
  const seconds = { s: 1, m: 60, h: 3_600, d: 86_400 }[match[2] as 's' | 'm' | 'h' | 'd'];
  return Number(match[1]) * seconds * 1_000;
}
