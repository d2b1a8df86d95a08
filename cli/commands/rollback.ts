import type { Command } from 'commander';
import { describeExecution, startExecution } from '../../aws/executions.ts';
import { readDatasets, readSqlFiles } from '../../aws/project-files.ts';
import { getTable } from '../../core/ledger/table.ts';
import { currentOperation } from '../../core/operation/current.ts';
import { readSnapshots, statesOf, type TableState } from '../../core/operation/rollback-history.ts';
import { type PlannedRollback, RollbackInput, type TableRolledBack } from '../../core/operation/rollback-item.ts';
import { snapshotsQuery } from '../../core/operation/rollback-statements.ts';
import { sameGoal, unfinishedRollback } from '../../core/operation/unfinished-rollback.ts';
import { confirm, needTerminal } from '../confirm.ts';
import { action, type Session, spanOption } from '../context.ts';
import { checkDataset } from '../drop/files.ts';
import { FailedError, UsageError } from '../exit.ts';
import { allRows, runQuery } from '../query/run-query.ts';
import { checkGoal } from '../rollback/goal.ts';
import { reportRollback, reportStates } from '../rollback/report.ts';
import { followOperation } from '../undo/follow.ts';

interface Options {
  dataset: string;
  to?: string;
  list?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  timeout: number;
}

export function rollback(program: Command): void {
  program
    .command('rollback')
    .description('bring a silver table back to one of its snapshots; gold and the ledger follow')
    .requiredOption('-d, --dataset <dataset>', 'dataset whose table it is')
    .option(
      '--to <snapshot or time>',
      'id of a snapshot, or a time (UTC) like 2026-03-31T10:00:00Z: the last one until then',
    )
    .option('--list', 'list the snapshots that there are')
    .option('--dry-run', 'only say what would change')
    .option('-y, --yes', 'do not ask')
    .addOption(spanOption('--timeout <span>', 'how long to wait for its end, like 90s or 15m', '2h'))
    .action(
      action<[], Options>(async (session, options) => {
        const { dataset } = options;
        const to = check(session, options);
        if (to === undefined) return reportStates(session.terminal, dataset, await statesNow(session, dataset));
        // A start that can only be refused would page somebody.
        await mayStart(session, dataset);
        const left = await unfinishedRollback(await session.ledger(), dataset);
        if (left?.item.committed_at !== undefined) sameGoal(left.item, to);
        else await mayGoTo(session, dataset, to);
        if (left !== undefined && options.dryRun) {
          throw new FailedError(
            `a rollback of ${dataset} to ${left.item.to} ended before it was through: finish it first`,
          );
        }
        let exactly = to;
        if (options.dryRun || !options.yes) {
          const planned = left === undefined ? await dryRun(session, dataset, to, options.timeout) : undefined;
          if (options.dryRun) return;
          exactly = planned?.snapshot_id ?? to;
          await confirm(`Bring silver.${dataset} back?`, 'nothing was changed');
        }
        await bringBack(session, dataset, exactly, options.timeout);
      }),
    );
}

/** What to go back to; undefined when the snapshots are to be listed. */
function check({ terminal }: Session, { dataset, to, list, dryRun, yes }: Options): string | undefined {
  checkDataset(dataset, Object.keys(readDatasets()));
  if ((to === undefined) === !list) throw new UsageError('give either --to or --list');
  if (to === undefined) {
    if (dryRun || yes) throw new UsageError('--dry-run and --yes: only together with --to');
    return undefined;
  }
  if (!RollbackInput.shape.to.safeParse(to).success) {
    throw new UsageError(`--to takes the id of a snapshot, or a time like 2026-03-31T10:00:00Z, not "${to}"`);
  }
  if (!dryRun && !yes) needTerminal('rollback changes the lake');
  if (terminal.mode === 'json' && !dryRun && !yes) {
    throw new UsageError('--json prints one document: add --yes, or --dry-run');
  }
  return to;
}

async function mayStart(session: Session, dataset: string): Promise<void> {
  const current = await currentOperation(await session.ledger(), dataset);
  if (current === undefined || (await describeExecution(current.run))?.status !== 'RUNNING') return;
  throw new FailedError(
    `another operation of ${dataset} is under way: ${current.kind} (${current.run}); wait for its end`,
  );
}

async function mayGoTo(session: Session, dataset: string, to: string): Promise<void> {
  const ports = { ledger: await session.ledger(), clock: session.clock };
  const found = await checkGoal(ports, dataset, to, await statesNow(session, dataset));
  if (found !== undefined) session.terminal.note(found);
}

async function statesNow(session: Session, name: string): Promise<TableState[]> {
  const { databases } = await session.stack();
  const ledger = await session.ledger();
  if ((await getTable(ledger, name)).committed === undefined) {
    throw new FailedError(`silver.${name} has no snapshots yet: no file of ${name} has been merged`);
  }
  const sql = snapshotsQuery({ files: readSqlFiles(), dataset: readDatasets()[name]!, databases });
  const { rows } = await allRows(await runQuery(session, sql));
  return statesOf(ledger, name, readSnapshots(rows));
}

async function dryRun(session: Session, dataset: string, to: string, timeout: number): Promise<PlannedRollback> {
  const run = await start(session, dataset, to, true);
  const { plan } = await followOperation<{ plan: PlannedRollback }>(session, run, `dry run of ${dataset}`, timeout);
  reportRollback(session.terminal, plan, 'planned', plan.changes, run);
  return plan;
}

async function bringBack(session: Session, dataset: string, to: string, timeout: number): Promise<void> {
  const run = await start(session, dataset, to, false);
  const label = `rollback of ${dataset}`;
  const output = await followOperation<{ plan: PlannedRollback; rollback?: TableRolledBack }>(
    session,
    run,
    label,
    timeout,
  );
  const outcome = output.rollback?.outcome === 'rolled_back' ? 'rolled_back' : 'nothing';
  reportRollback(session.terminal, output.plan, outcome, output.rollback?.changes, run);
}

async function start(session: Session, dataset: string, to: string, dryRun: boolean): Promise<string> {
  const { rollbackStateMachine } = await session.stack();
  return startExecution(rollbackStateMachine, JSON.stringify({ dataset, to, dry_run: dryRun }));
}
