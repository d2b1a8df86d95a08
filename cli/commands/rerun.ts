import type { Command } from 'commander';
import { readDatasets } from '../../aws/project-files.ts';
import { action, type Session, spanOption } from '../context.ts';
import { checkDataset } from '../drop/files.ts';
import { UsageError } from '../exit.ts';
import { runAgain } from '../rerun/again.ts';
import { bringAllBack, bringFileBack } from '../rerun/back.ts';
import { rerunFailed } from '../rerun/bulk.ts';
import { waitFor } from '../rerun/one.ts';
import { findRun } from '../runs/find.ts';

interface Options {
  wait: boolean;
  new?: boolean;
  timeout: number;
  failed?: boolean;
  since?: number;
  dataset?: string;
  error?: string;
  dryRun?: boolean;
  again?: boolean;
  rolledBack?: string;
}

const aDay = 24 * 3_600_000;

export function rerun(program: Command): void {
  program
    .command('rerun')
    .description('run failed runs again, from where they failed if the service can, else from the start')
    .argument('[id]', 'name of the run or its beginning, its ARN, or a file id')
    .option('--failed', 'all runs that failed, timed out or were stopped and whose file is still not in the lake')
    .addOption(spanOption('--since <span>', 'with --failed: those that ended since then, like 2h (24h if not given)'))
    .option('-d, --dataset <name>', 'with --failed: only of this dataset')
    .option('--error <name>', 'with --failed: only those that ended with this error')
    .option('--again', "merge a file again that undo or rollback has taken out; the id is the file's")
    .option('--rolled-back <operation>', 'merge every file again that this rollback has taken out')
    .option('--dry-run', 'with --failed, --again or --rolled-back: say which, and run none')
    .option(
      '--new',
      'start a new run with the same input even if the old one can go on (after a change of the workflow)',
    )
    .option('--no-wait', 'return when the runs have started')
    .addOption(spanOption('--timeout <span>', 'how long to wait, like 90s or 15m', '30m'))
    .action(
      action<[string | undefined], Options>(async (session, options, id) => {
        check(options, id);
        const back = { dryRun: options.dryRun === true, wait: options.wait, timeout: options.timeout };
        if (options.again) return bringFileBack(session, id!, back);
        if (options.rolledBack !== undefined) return bringAllBack(session, options.rolledBack, back);
        if (id !== undefined) return rerunOne(session, options, id);
        if (options.dataset !== undefined) checkDataset(options.dataset, Object.keys(readDatasets()));
        const { dataset, error, wait, timeout } = options;
        const how = { span: options.since ?? aDay, dryRun: options.dryRun === true, new: options.new === true };
        await rerunFailed(session, { dataset, error, wait, timeout, ...how });
      }),
    );
}

function check(options: Options, id: string | undefined): void {
  if (options.again || options.rolledBack !== undefined) {
    checkBack(options, id);
    return;
  }
  if (id === undefined && !options.failed) throw new UsageError('name a run, or give --failed for all that failed');
  if (id !== undefined && options.failed) throw new UsageError('give either the name of a run or --failed');
  const { since, dataset, error, dryRun } = options;
  const more = Object.entries({ '--since': since, '--dataset': dataset, '--error': error, '--dry-run': dryRun });
  const given = more.filter(([, value]) => value !== undefined).map(([name]) => name);
  if (id !== undefined && given.length > 0) throw new UsageError(`${given.join(', ')}: only together with --failed`);
}

function checkBack(
  { again, rolledBack, failed, since, dataset, error, new: fresh }: Options,
  id: string | undefined,
): void {
  if (again && id === undefined) throw new UsageError('--again: name the file by its id');
  if (rolledBack !== undefined && (again || id !== undefined)) {
    throw new UsageError('--rolled-back brings all files of a rollback back; give a file id and --again for one');
  }
  const more = Object.entries({
    '--failed': failed,
    '--since': since,
    '--dataset': dataset,
    '--error': error,
    '--new': fresh,
  });
  const given = more.filter(([, value]) => value !== undefined).map(([name]) => name);
  if (given.length > 0) throw new UsageError(`${given.join(', ')}: not together with --again or --rolled-back`);
}

async function rerunOne(session: Session, options: Options, id: string): Promise<void> {
  const { terminal } = session;
  const old = await findRun(session, id);
  if (old.status === 'RUNNING') throw new UsageError(`the run ${old.name} is still going on`);
  const since = session.clock.now();
  const arn = await runAgain(old, options.new ? 'new' : undefined);
  const how = arn === old.arn ? 'goes on where it failed' : 'started with the same input';
  terminal.note(`${arn.split(':').at(-1)} ${how}`);
  if (!options.wait) {
    if (terminal.mode === 'json') terminal.json({ run: arn, redriven: arn === old.arn });
    else terminal.out(arn);
    return;
  }
  await waitFor(session, old, { run: arn, since }, options.timeout);
}
