import type { Command } from 'commander';
import { readDatasets } from '../../aws/project-files.ts';
import { sweepPorts } from '../../aws/reconcile.ts';
import { type SweepOptions, standardOptions } from '../../core/reconcile/ports.ts';
import { isWell } from '../../core/reconcile/report.ts';
import { reconcile as sweep } from '../../core/reconcile/sweep.ts';
import { action, positiveInteger, spanOption } from '../context.ts';
import { checkDataset } from '../drop/files.ts';
import { FailedError } from '../exit.ts';
import { showReport } from '../reconcile/show.ts';
import { sweepUntilQuiet } from '../reconcile/wait.ts';

interface Options {
  dataset?: string;
  dryRun?: boolean;
  grace: number;
  stuckAfter: number;
  maxRuns: number;
  wait?: boolean;
  timeout: number;
}

export function reconcile(program: Command): void {
  program
    .command('reconcile')
    .description(
      'hold landing and bronze against the ledger; start runs for files that were missed or dropped on the way',
    )
    .option('-d, --dataset <name>', 'only this dataset')
    .option('--dry-run', 'say what would be done, and do nothing')
    .addOption(spanOption('--grace <span>', 'what is younger is taken for being under way', '15m'))
    .addOption(spanOption('--stuck-after <span>', 'what has not moved for this long is told as stuck', '2h'))
    .option('--max-runs <number>', 'runs started at most', positiveInteger, standardOptions.maxStarts)
    .option('--wait', 'repeat until no file is under way any more')
    .addOption(spanOption('--timeout <span>', 'with --wait: how long', '30m'))
    .action(
      action<[], Options>(async (session, options) => {
        if (options.dataset !== undefined) checkDataset(options.dataset, Object.keys(readDatasets()));
        const ports = sweepPorts(await session.stack());
        const what: SweepOptions = {
          dataset: options.dataset,
          dryRun: options.dryRun === true,
          graceMilliseconds: options.grace,
          stuckMilliseconds: options.stuckAfter,
          maxStarts: options.maxRuns,
        };
        const waits = options.wait === true && !what.dryRun;
        const report = waits ? await sweepUntilQuiet(session, ports, what, options.timeout) : await sweep(ports, what);
        showReport(session.terminal, report, options.stage);
        if (!isWell(report)) throw new FailedError(report.sentence);
      }),
    );
}
