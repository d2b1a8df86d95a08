import type { FileItem } from '../../core/ledger/items.ts';
import type { ReportedChanges } from '../../core/operation/undo-item.ts';
import { formatCount } from '../format.ts';
import type { Terminal } from '../terminal.ts';

export type Outcome = 'planned' | 'undone' | 'nothing' | 'already_undone';

/** Says what an undo changes, or has changed; in JSON one document. */
export function reportUndo(
  terminal: Terminal,
  file: FileItem,
  outcome: Outcome,
  changes: ReportedChanges | undefined,
  run: string,
): void {
  if (terminal.mode === 'json') {
    terminal.json({
      file_id: file.file_id,
      dataset: file.dataset,
      key: file.key,
      outcome,
      changes: changes ?? null,
      run,
    });
    return;
  }
  terminal.out(`${file.key}  ${sentences[outcome]}`);
  if (changes === undefined || outcome === 'already_undone') return;
  terminal.table(
    ['rows', { title: 'number', align: 'right' }],
    [
      ['of the file in silver', changes.owned_rows],
      ['that vanish', changes.gone_rows],
      ['that come back as other files have them', changes.back_rows],
    ],
  );
  if (changes.back_from.length > 0) {
    terminal.heading('rows come back from');
    terminal.table(
      ['file', 'file id', { title: 'rows', align: 'right' }],
      changes.back_from.map(({ key, file_id, rows }) => [key, file_id, rows]),
    );
    const more = changes.back_files - changes.back_from.length;
    if (more > 0) terminal.note(`and from ${formatCount(more)} more`);
  }
  if (changes.marts.length > 0) terminal.note(`marts that follow: ${changes.marts.join(', ')}`);
}

const sentences: Record<Outcome, string> = {
  planned: 'would be taken out',
  undone: 'is taken out; dropped again, it comes back',
  nothing: 'has no rows in silver: there is nothing to take out',
  already_undone: 'was taken out before',
};
