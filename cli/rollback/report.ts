import type { Commit, TableState } from '../../core/operation/rollback-history.ts';
import type { NamedFile, PlannedRollback, ReportedRollback } from '../../core/operation/rollback-item.ts';
import { formatCount, formatTime, plural } from '../format.ts';
import type { Terminal } from '../terminal.ts';

export type Outcome = 'planned' | 'rolled_back' | 'nothing';

export type RolledBack = Pick<PlannedRollback, 'dataset' | 'operation' | 'snapshot_id' | 'snapshot_at'>;

/** Says what a rollback changes, or has changed; in JSON one document. */
export function reportRollback(
  terminal: Terminal,
  plan: RolledBack,
  outcome: Outcome,
  changes: ReportedRollback | undefined,
  run: string,
): void {
  const { dataset, operation, snapshot_id, snapshot_at } = plan;
  if (terminal.mode === 'json') {
    const what = { dataset, outcome, operation: outcome === 'rolled_back' ? operation : null };
    terminal.json({ ...what, snapshot_id, snapshot_at, changes: changes ?? null, run });
    return;
  }
  const snapshot = `snapshot ${snapshot_id} of ${formatTime(new Date(snapshot_at))}`;
  terminal.out(`silver.${dataset}  ${sentences[outcome]} ${snapshot}`);
  if (changes === undefined || outcome === 'nothing') return;
  terminal.table(
    ['rows', { title: 'number', align: 'right' }],
    [
      ['that have come since, and go', changes.gone_rows],
      ['that were removed since, and come back', changes.back_rows],
      ['that get the content they had', changes.changed_rows],
    ],
  );
  showFiles(terminal, 'files that are out', changes.out, changes.files_out);
  showFiles(terminal, 'files that are in again', changes.back, changes.files_back);
  if (changes.marts.length > 0) terminal.note(`marts that follow: ${changes.marts.join(', ')}`);
  if (outcome !== 'rolled_back' || changes.files_out === 0) return;
  terminal.note(`to merge what is out again: npx tributary rerun --rolled-back ${operation}`);
}

function showFiles(terminal: Terminal, title: string, files: NamedFile[], count: number): void {
  if (count === 0) return;
  terminal.heading(title);
  terminal.table(
    ['file', 'file id'],
    files.map(({ key, file_id }) => [key, file_id]),
  );
  if (count > files.length) terminal.note(`and ${formatCount(count - files.length)} more`);
}

const sentences: Record<Outcome, string> = {
  planned: 'would be brought back to',
  rolled_back: 'is brought back to',
  nothing: 'is already what it was at',
};

/** The states that a table has been in, newest last. */
export function reportStates(terminal: Terminal, dataset: string, states: TableState[]): void {
  if (terminal.mode === 'json') {
    terminal.json({
      dataset,
      snapshots: states.map((state) => ({
        ...{ snapshot_id: state.id, committed_at: state.at, rows: state.rows, files: filesOf(state) },
        ...{ what: whatIs(state), to: state.not === undefined, why_not: state.not ?? null },
      })),
    });
    return;
  }
  const right = (title: string) => ({ title, align: 'right' as const });
  terminal.table(
    ['committed', 'snapshot', 'what', right('files'), right('rows')],
    states.map((state) => [state.at, state.id, whatIs(state), filesOf(state) || '', formatCount(state.rows)]),
  );
  const expired = states[0]?.parent === null ? '' : '; older ones have expired';
  terminal.note(`${plural(states.length, 'snapshot')} of silver.${dataset}${expired}`);
}

const filesOf = ({ commits }: TableState) => commits.reduce((sum, { file_ids }) => sum + file_ids.length, 0);

function whatIs({ commits, not, operation, parent }: TableState): string {
  if (not !== undefined) return `no way back: ${not}`;
  if (commits.length > 0) return commits.map(named).join(', ');
  return operation === 'replace' ? 'files rewritten' : parent === null ? 'table created' : 'table built by replay';
}

const named = ({ kind, seq, removed }: Commit) => (kind === 'merge' ? `batch ${seq}` : removed!.operation);
