import { fileClasses, type Listed, type Named, type SweepReport } from '../../core/reconcile/report.ts';
import { formatCount, formatDuration, formatTime, plural } from '../format.ts';
import { outcomeStyle, words } from '../runs/render.ts';
import type { Column, Terminal } from '../terminal.ts';

const columns: Column[] = [
  { title: 'dataset' },
  { title: 'class', style: outcomeStyle },
  { title: 'files', align: 'right' },
];
/** Names on a terminal; `--json` has more. */
const shown = 20;

/** Counts by dataset and class as the result; what was done and what is to be looked at as remarks. */
export function showReport(terminal: Terminal, report: SweepReport, stage: string): void {
  if (terminal.mode === 'json') {
    terminal.json(report);
    return;
  }
  const rows = Object.entries(report.datasets)
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([dataset, classes]) =>
      fileClasses
        .filter((name) => classes[name] !== undefined)
        .map((name) => [dataset, words(name), formatCount(classes[name]!)]),
    );
  terminal.table(columns, rows);
  for (const line of remarks(report, stage === 'local' ? '' : ` --stage ${stage}`)) terminal.note(line);
  terminal.note(report.sentence);
}

function remarks(report: SweepReport, stage: string): string[] {
  const would = report.dry_run ? 'to be ' : '';
  return [
    ...tell(report.reported, 'failed run', ` of which nobody had been told${report.dry_run ? '' : ': reported now'}`),
    ...tell(report.started, 'run', ` ${would}started`),
    ...report.tables.map(
      ({ table, waiting, what, run }) => `table ${table}: ${what}, ${waiting} waiting${run ? `; ${nameOf(run)}` : ''}`,
    ),
    ...tell(report.not_started, 'file', ' without a run'),
    ...tell(report.stuck, 'file', ` stuck; look: npx tributary leases${stage} and npx tributary run ID${stage}`),
    ...tell(report.bronze, 'finding', ' in bronze'),
    ...report.stale.map(({ dataset, newest, expected_within_seconds: seconds }) => {
      const last = newest === null ? 'no file has ever come' : `the newest file came ${formatTime(newest)}`;
      return `stale: ${dataset}: ${last}; its contract expects one within ${formatDuration(seconds * 1000)}`;
    }),
    ...failed(report, stage),
    ...report.errors.map((error) => `could not be looked up: ${error}`),
  ];
}

function tell({ count, first }: Listed, one: string, what: string): string[] {
  if (count === 0) return [];
  const more =
    count > Math.min(shown, first.length) ? [`  and ${formatCount(count - Math.min(shown, first.length))} more`] : [];
  return [`${plural(count, one)}${what}:`, ...first.slice(0, shown).map(line), ...more];
}

const line = ({ key, file_id, what, run, since }: Named): string =>
  `  ${key}${file_id ? ` (${file_id})` : ''}: ${what}${since ? `; since ${formatTime(since)}` : ''}${run ? `; ${nameOf(run)}` : ''}`;

const failed = ({ classes }: SweepReport, stage: string): string[] =>
  classes.failed + classes.rejected === 0
    ? []
    : [
        `files that failed or were rejected: npx tributary runs --status failed${stage}; npx tributary rerun --failed${stage}`,
      ];

const nameOf = (arn: string): string => arn.split(':').at(-1)!;
