import { startExecution } from '../../aws/executions.ts';
import { getFile } from '../../core/ledger/files.ts';
import type { FileItem } from '../../core/ledger/items.ts';
import { filesOut } from '../../core/operation/rollback-files.ts';
import { notDuringRollback } from '../../core/operation/unfinished-rollback.ts';
import { runInput } from '../../core/pipeline/keys.ts';
import { sideBySide } from '../../core/reconcile/side-by-side.ts';
import type { Session } from '../context.ts';
import { runSource } from '../drop/drop.ts';
import { endedWell, reportFiles } from '../drop/report.ts';
import { FailedError, messageOf, UsageError } from '../exit.ts';
import { plural } from '../format.ts';
import { type FollowResult, followFile } from '../runs/follow.ts';
import { words } from '../runs/render.ts';

export interface BackOptions {
  dryRun: boolean;
  wait: boolean;
  timeout: number;
}

/** Starting executions is limited for the whole account. */
const startedAtOnce = 8;

/**
 * Merges a file again that an undo or a rollback has taken out of the lake. Throws UsageError if it is not out, and
 * FailedError if it does not come back.
 */
export async function bringFileBack(session: Session, fileId: string, options: BackOptions): Promise<void> {
  if (!/^[0-9a-f]{32}$/.test(fileId)) throw new UsageError(`not a file id (32 hexadecimal digits): "${fileId}"`);
  const file = await getFile(await session.ledger(), fileId);
  if (file === undefined) throw new UsageError(`the ledger has no file ${fileId}`);
  if (file.status !== 'undone') throw new UsageError(`${file.key} is ${file.status}: it was not taken out of the lake`);
  await bringBack(session, [file], options);
}

/** The same for every file that a rollback has taken out and that is still out because of it. */
export async function bringAllBack(session: Session, operation: string, options: BackOptions): Promise<void> {
  const { files, since } = await filesOut(await session.ledger(), operation);
  if (since > 0)
    session.terminal.note(`${plural(since, 'file')} of ${operation} left out: not out because of it any more`);
  await bringBack(session, files, options);
}

async function bringBack(session: Session, files: FileItem[], { dryRun, wait, timeout }: BackOptions): Promise<void> {
  const { terminal, clock } = session;
  const { ingestStateMachine, databases, stage } = await session.stack();
  const ledger = await session.ledger();
  // A run that can only be refused would page somebody.
  for (const dataset of new Set(files.map((file) => file.dataset))) await notDuringRollback(ledger, dataset);
  if (dryRun) return show(session, files, 'would be merged again');
  const ports = { ledger, runs: runSource(ingestStateMachine), clock };
  const results: FollowResult[] = [];
  const board = terminal.board();
  const interval = Math.max(400, files.length * 150);
  const waits: Promise<void>[] = [];
  await sideBySide(files.entries(), startedAtOnce, async ([index, file]) => {
    const { key, version_id: versionId, file_id: fileId } = file;
    const about = { key, versionId, fileId, since: clock.now() };
    const failed = (error: unknown): FollowResult => ({
      ...about,
      outcome: 'failed',
      error: messageOf(error),
      milliseconds: 0,
    });
    try {
      const run = await startExecution(
        ingestStateMachine,
        JSON.stringify({ ...runInput(file), again: file.undone_at }),
      );
      const onStep = (step: string) => board.set(fileId, `${key}  ${step}`);
      if (!wait) return;
      const following = followFile({ ...about, run }, ports, { timeout, interval, onStep }).catch(failed);
      waits.push(
        following.then((result) => {
          results[index] = result;
          board.set(fileId, `${key}  ${words(result.outcome)}`);
        }),
      );
    } catch (error) {
      results[index] = failed(error);
    }
  });
  await Promise.all(waits);
  board.end();
  const ended = results.filter((result) => result !== undefined);
  if (wait || ended.length > 0) reportFiles(terminal, ended, { silver: databases.silver, stage });
  else show(session, files, 'its run has started');
  const bad = ended.filter((result) => !endedWell(result)).length;
  if (bad > 0) throw new FailedError(`${bad} of ${plural(files.length, 'file')} did not come back`);
}

function show({ terminal }: Session, files: FileItem[], outcome: string): void {
  if (terminal.mode === 'json') {
    terminal.json(files.map(({ file_id, dataset, key }) => ({ file_id, dataset, key, outcome })));
    return;
  }
  terminal.table(
    ['file', 'file id', 'outcome'],
    files.map(({ key, file_id }) => [key, file_id, outcome]),
  );
}
