import { formatBytes, formatCount, formatPercent, formatTime, plural } from '../../core/figures.ts';
import type { FileState } from '../../core/ledger/files.ts';
import { describeAnomaly } from '../../core/quality/band.ts';
import type { FileRecord } from '../../core/quality/record.ts';
import { type DayTotals, passPercent, worst } from '../../core/quality/report/day.ts';
import { orphanRemarks } from '../../core/silver/orphans.ts';
import { cut, visible } from '../../core/visible.ts';
import type { Column, Terminal } from '../terminal.ts';
import type { Where } from './where.ts';

type Line = [name: string, value: string | undefined];

export const whereLines = ({ uri, url }: Where): Line[] => [
  ['report', uri],
  ['open', url],
];

/** A file in a few lines; `state` is where it stands now, which may not be how it ended. */
export function fileLines(record: FileRecord, state: FileState): Line[] {
  const { rows_in, rows_accepted, rows_rejected, rows_duplicate, rows_superseded, rules } = record;
  const [first] = [...rules].filter(({ rows_broken }) => rows_broken > 0).sort(worst);
  const pass = passPercent(rules);
  return [
    ['file', visible(`s3://${record.bucket}/${record.key}`)],
    ['outcome', record.outcome === 'done' ? 'taken' : 'refused'],
    ['since then', state === record.outcome ? undefined : state],
    ['because', record.error === null ? undefined : visible(cut(record.error, 400))],
    [
      'rows',
      rows_in === null
        ? undefined
        : `${formatCount(rows_in)} = ${formatCount(rows_accepted!)} accepted + ${formatCount(rows_rejected!)} rejected + ${formatCount(rows_duplicate!)} duplicate + ${formatCount(rows_superseded!)} superseded`,
    ],
    ['checks passed', pass === null ? undefined : formatPercent(pass)],
    [
      'worst rule',
      first && `${visible(first.name)}: ${plural(first.rows_broken, 'row')} of ${formatCount(first.rows_checked)}`,
    ],
    ...record.anomalies.map((anomaly): Line => ['unusual', describeAnomaly(anomaly)]),
    ...orphanRemarks(record.orphans).map((remark): Line => ['orphans', remark]),
    ['finished (UTC)', formatTime(record.finished_at)],
  ];
}

export const DAY_COLUMNS: Column[] = [
  { title: 'day' },
  ...['files', 'refused', 'unusual', 'rows', 'rejected', 'share', 'checks passed', 'size'].map(
    (title): Column => ({ title, align: 'right' }),
  ),
];

export function dayRow(totals: DayTotals): unknown[] {
  const { counts, rules } = totals;
  const pass = passPercent(rules);
  return [
    totals.day,
    formatCount(totals.files),
    formatCount(totals.refused),
    formatCount(totals.anomalies),
    formatCount(counts.in),
    formatCount(counts.rejected),
    formatPercent(counts.in === 0 ? 0 : (100 * counts.rejected) / counts.in),
    pass === null ? '' : formatPercent(pass),
    formatBytes(totals.bytes),
  ];
}

export function showLines(terminal: Terminal, lines: Line[]): void {
  for (const [name, value] of lines) {
    if (value) terminal.out(terminal.mode === 'table' ? `${name.padEnd(14)} ${value}` : `${name}\t${value}`);
  }
}
