import type { ReplayResult } from '../../core/operation/replay-finish.ts';
import type { ReplaySurvey } from '../../core/operation/replay-survey.ts';
import { plural } from '../format.ts';
import type { Terminal } from '../terminal.ts';

export interface Survey extends ReplaySurvey {
  dataset: string;
  from: string | null;
  to: string | null;
  /** Rows in silver now; null when it has no table yet. */
  rows: number | null;
}

/** Says what a replay would be about; in JSON one document. */
export function reportSurvey(terminal: Terminal, survey: Survey): void {
  if (terminal.mode === 'json') return void terminal.json(survey);
  const { dataset, from, to, rows, files, anew, retried, undone, under_way } = survey;
  const range = from === null && to === null ? 'all files' : `files landed ${from ?? '…'} to ${to ?? '…'}`;
  terminal.out(`silver.${dataset}: ${plural(rows ?? 0, 'row')} from ${plural(files, 'file')}; ${range}`);
  terminal.table(
    ['files', { title: 'number', align: 'right' }],
    [
      ['validated anew', anew],
      ['taken as they were staged', files - anew],
      ['refused before, which get another chance', retried],
      ['taken out by undo, which stay out', undone],
      ['under way, taken if they are merged by then', under_way],
    ],
  );
}

export function reportReplayed(
  terminal: Terminal,
  dataset: string,
  run: string,
  result: ReplayResult,
  rows: number | null,
): void {
  const { files, anew, refused, before } = result;
  if (terminal.mode === 'json') return void terminal.json({ dataset, run, files, anew, refused, before, rows });
  terminal.out(`silver.${dataset} has been built anew: ${plural(rows ?? 0, 'row')} from ${plural(files, 'file')}`);
  if (refused > 0) terminal.out(`${plural(refused, 'file')} refused`);
  terminal.note(`${plural(anew, 'file')} validated anew; the table as it was before is ${before}`);
}
