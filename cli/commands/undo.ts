import type { Command } from 'commander';
import { startExecution } from '../../aws/executions.ts';
import type { FileItem } from '../../core/ledger/items.ts';
import { mayBeUndone } from '../../core/operation/undo-file.ts';
import type { FileUndone, PlannedUndo } from '../../core/operation/undo-item.ts';
import { confirm, needTerminal } from '../confirm.ts';
import { action, type Session, spanOption } from '../context.ts';
import { UsageError } from '../exit.ts';
import { followOperation } from '../undo/follow.ts';
import { reportUndo } from '../undo/report.ts';

interface Options {
  dryRun?: boolean;
  yes?: boolean;
  timeout: number;
}

export function undo(program: Command): void {
  program
    .command('undo')
    .description('take a file out of the lake, as if it had never been dropped')
    .argument('<file>', 'id of the file')
    .option('--dry-run', 'only say what would change')
    .option('-y, --yes', 'do not ask')
    .addOption(spanOption('--timeout <span>', 'how long to wait for its end, like 90s or 15m', '2h'))
    .action(
      action<[string], Options>(async (session, options, fileId) => {
        if (!/^[0-9a-f]{32}$/.test(fileId)) throw new UsageError(`not a file id (32 hexadecimal digits): "${fileId}"`);
        if (!options.dryRun && !options.yes) needTerminal('undo changes the lake');
        if (session.terminal.mode === 'json' && !options.dryRun && !options.yes) {
          throw new UsageError('--json prints one document: add --yes, or --dry-run');
        }
        const file = await mayBeUndone(await session.ledger(), fileId);
        if (options.dryRun || !options.yes) {
          const planned = await dryRun(session, file, options.timeout);
          if (options.dryRun || planned === 'already_undone') return;
          await confirm(`Take ${file.key} out of silver.${file.dataset}?`, 'nothing was changed');
        }
        await takeOut(session, file, options.timeout);
      }),
    );
}

async function dryRun(session: Session, file: FileItem, timeout: number): Promise<PlannedUndo['next']> {
  const run = await start(session, file.file_id, true);
  const output = await followOperation<{ file: PlannedUndo }>(session, run, `dry run of ${file.key}`, timeout);
  const { next, changes } = output.file;
  reportUndo(session.terminal, file, next === 'already_undone' ? next : 'planned', changes, run);
  return next;
}

async function takeOut(session: Session, file: FileItem, timeout: number): Promise<void> {
  const run = await start(session, file.file_id, false);
  const output = await followOperation<{ undo?: FileUndone }>(session, run, `undo of ${file.key}`, timeout);
  const outcome =
    output.undo?.outcome === 'nothing' ? 'nothing' : output.undo === undefined ? 'already_undone' : 'undone';
  reportUndo(session.terminal, file, outcome, output.undo?.changes, run);
}

async function start(session: Session, fileId: string, dryRun: boolean): Promise<string> {
  const { undoStateMachine } = await session.stack();
  return startExecution(undoStateMachine, JSON.stringify({ file_id: fileId, dry_run: dryRun }));
}
