import { type Command, InvalidArgumentError } from 'commander';
import { startExecution } from '../../aws/executions.ts';
import { readDatasets } from '../../aws/project-files.ts';
import type { ReplayInput } from '../../core/operation/replay-items.ts';
import { surveyReplay } from '../../core/operation/replay-survey.ts';
import { confirm, needTerminal } from '../confirm.ts';
import { action, type Session, spanOption } from '../context.ts';
import { FailedError, UsageError } from '../exit.ts';
import { allRows, runQuery } from '../query/run-query.ts';
import { followReplay } from '../replay/follow.ts';
import { reportReplayed, reportSurvey, type Survey } from '../replay/report.ts';

interface Options {
  dataset: string;
  from?: string;
  to?: string;
  allowRefused?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  timeout: number;
}

export function replay(program: Command): void {
  program
    .command('replay')
    .description("build a dataset's silver and gold anew from bronze, by the contract and code as they are now")
    .requiredOption('--dataset <dataset>', 'dataset to build anew')
    .option('--from <date>', 'validate anew only files that landed on this day (UTC) or later', date)
    .option('--to <date>', 'validate anew only files that landed on this day (UTC) or before', date)
    .option('--allow-refused', 'leave files out that are in silver and are refused now, instead of stopping')
    .option('--dry-run', 'only say what it would be about')
    .option('-y, --yes', 'do not ask')
    .addOption(spanOption('--timeout <span>', 'how long to wait for its end, like 90s or 15m', '24h'))
    .action(
      action<[], Options>(async (session, options) => {
        const { dataset, from, to } = options;
        known(dataset);
        if (from !== undefined && to !== undefined && from > to)
          throw new UsageError(`--from ${from} is after --to ${to}`);
        if (!options.dryRun && !options.yes) needTerminal('replay builds silver and gold anew');
        if (options.dryRun || !options.yes) {
          const survey = await look(session, options);
          reportSurvey(session.terminal, survey);
          if (options.dryRun) return;
          await confirm(`Build silver.${dataset} and its gold anew?`, 'nothing was changed');
        }
        await run(session, options);
      }),
    );
}

function date(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(Date.parse(text)) || !isDay(text)) {
    throw new InvalidArgumentError('write the day like 2026-03-31');
  }
  return text;
}

const isDay = (text: string): boolean => new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

function known(dataset: string): void {
  const datasets = Object.keys(readDatasets());
  if (!datasets.includes(dataset)) {
    throw new UsageError(`there is no dataset ${dataset}; there are ${datasets.sort().join(', ')}`);
  }
}

async function look(session: Session, { dataset, from, to }: Options): Promise<Survey> {
  const files = await surveyReplay(await session.ledger(), dataset, { from, to });
  return { dataset, from: from ?? null, to: to ?? null, rows: await rowsNow(session, dataset), ...files };
}

async function rowsNow(session: Session, dataset: string): Promise<number | null> {
  try {
    const { rows } = await allRows(await runQuery(session, `select count(*) from {silver}.${dataset}`));
    return Number(rows[0]![0]);
  } catch (error) {
    // Nothing of the dataset has been merged yet.
    if (error instanceof FailedError && /TABLE_NOT_FOUND|does not exist/.test(error.message)) return null;
    throw error;
  }
}

async function run(session: Session, { dataset, from, to, allowRefused, timeout }: Options): Promise<void> {
  const { replayStateMachine } = await session.stack();
  const input: ReplayInput = { dataset, from, to, allow_refused: allowRefused === true };
  const arn = await startExecution(replayStateMachine, JSON.stringify(input));
  const { run: last, result } = await followReplay(session, arn, `replay of ${dataset}`, timeout);
  reportReplayed(session.terminal, dataset, last, result, await rowsNow(session, dataset));
}
