import { Command, InvalidArgumentError } from 'commander';
import { alerts } from './commands/alerts.ts';
import { demo } from './commands/demo.ts';
import { drift } from './commands/drift.ts';
import { drop } from './commands/drop.ts';
import { generate } from './commands/generate.ts';
import { infer } from './commands/infer.ts';
import { leases } from './commands/leases.ts';
import { local } from './commands/local.ts';
import { logs } from './commands/logs.ts';
import { maintain } from './commands/maintain.ts';
import { quarantine } from './commands/quarantine.ts';
import { query } from './commands/query.ts';
import { reconcile } from './commands/reconcile.ts';
import { replay } from './commands/replay.ts';
import { report } from './commands/report.ts';
import { rerun } from './commands/rerun.ts';
import { rollback } from './commands/rollback.ts';
import { run } from './commands/run.ts';
import { runs } from './commands/runs.ts';
import { snowflake } from './commands/snowflake.ts';
import { undo } from './commands/undo.ts';
import { validate } from './commands/validate.ts';

/** The command line; parsing it throws CommanderError for wrong use, and whatever the command throws. */
export function buildProgram(): Command {
  const program = new Command('tributary')
    .description('Files dropped into S3 become a trustworthy Iceberg lake.')
    .option('--stage <stage>', 'deployed stage to talk to; `local` is the cloud on this machine', stageName, 'local')
    .option(
      '--home <folder>',
      'where the local cloud keeps its state (default: $TRIBUTARY_HOME, else .tributary/local)',
    )
    .option('--json', 'one JSON document on standard output instead of tables')
    .showHelpAfterError('(`tributary help <command>` says more)')
    .exitOverride();
  for (const register of [
    demo,
    local,
    validate,
    generate,
    infer,
    drift,
    drop,
    runs,
    run,
    rerun,
    undo,
    rollback,
    replay,
    reconcile,
    leases,
    maintain,
    query,
    quarantine,
    report,
    alerts,
    logs,
    snowflake,
  ])
    register(program);
  program.addHelpText(
    'after',
    '\nExit codes: 0 done; 1 a file, a run or a query failed; 2 wrong use; 3 the cloud is not up or can not be reached.',
  );
  // Subcommands are made by `program.command`, which hands down exitOverride and the help setting.
  return program;
}

function stageName(text: string): string {
  if (!/^[a-z][a-z0-9]{0,29}$/.test(text)) {
    throw new InvalidArgumentError('use up to 30 lower-case letters and digits, beginning with a letter');
  }
  return text;
}
