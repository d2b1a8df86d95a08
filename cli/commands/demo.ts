import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { homeFolder } from '../../local/paths.ts';
import { terminalProgress } from '../../local/progress.ts';
import { up } from '../../local/up.ts';
import { action, type Session } from '../context.ts';
import { type Answer, askGold, askQuarantine } from '../demo/answers.ts';
import { type LandedSample, landSample, writeSample } from '../demo/land.ts';
import { sampleFiles } from '../demo/sample.ts';
import { follow } from '../drop/drop.ts';
import { endedWell, reportFiles } from '../drop/report.ts';
import { FailedError, UsageError } from '../exit.ts';
import { formatCount } from '../format.ts';
import { resultColumns, rowJson } from '../query/result.ts';
import type { FollowResult } from '../runs/follow.ts';
import { showRejectedRows } from './quarantine.ts';

const TIMEOUT = 15 * 60_000;

export function demo(program: Command): void {
  program
    .command('demo')
    .description('from nothing to a finished run: start the local cloud, drop sample files, show what came of them')
    .action(
      action<[], object>(async (session) => {
        if (session.options.stage !== 'local') throw new UsageError('the demo drops sample data: local cloud only');
        const { terminal } = session;
        await up({ progress: terminalProgress() });
        const files = sampleFiles();
        const folder = join(homeFolder(), 'sample');
        writeSample(folder, files);
        const results = await dropSample(session, await landSample(session, files));
        const bad = results.filter((result) => !endedWell(result));
        const { databases } = await session.stack();
        if (bad.length > 0) {
          reportFiles(terminal, results, { silver: databases.silver, stage: 'local' });
          throw new FailedError(`${bad.length} of ${results.length} sample files did not get through`);
        }
        const datasets = [...new Set(files.map((file) => file.dataset))];
        const [gold, quarantine] = await Promise.all([askGold(session), askQuarantine(session, datasets, 4)]);
        if (terminal.mode === 'json') {
          const answers = gold.map(({ title, columns, rows }) => [title, rows.map((row) => rowJson(columns, row))]);
          return terminal.json({ files: results, gold: Object.fromEntries(answers), quarantine });
        }
        showGold(session, gold);
        terminal.heading(`Rejected rows (${quarantine.rows.length} of ${formatCount(quarantine.total)})`);
        showRejectedRows(terminal, quarantine.rows);
        terminal.heading('Every row accounted for: in = accepted + rejected + duplicate + superseded');
        reportFiles(terminal, results, { silver: databases.silver, stage: 'local' }, false);
        terminal.note(nextSteps(fromHere(folder), results));
      }),
    );
}

/** Follows what was dropped just now, beside what an earlier start has dropped. */
async function dropSample(session: Session, landed: LandedSample[]): Promise<FollowResult[]> {
  const { terminal } = session;
  const fresh = landed.filter((file) => file.done === undefined);
  const known = landed.length - fresh.length;
  if (known > 0) {
    terminal.note(`${known} of ${landed.length} sample files are in the lake already: nothing to do for them.`);
  }
  if (fresh.length > 0) terminal.note(`Following ${fresh.length} files from the landing bucket to gold:`);
  const followed = new Map((await follow(session, fresh, TIMEOUT)).map((result) => [result.key, result]));
  return landed.map(
    ({ key, fileId, versionId, uploadedAt, done }) =>
      followed.get(key) ?? {
        key,
        fileId,
        versionId,
        since: uploadedAt,
        outcome: 'done',
        counts: done,
        milliseconds: 0,
      },
  );
}

function showGold({ terminal }: Session, answers: Answer[]): void {
  for (const { title, columns, rows } of answers) {
    terminal.heading(title);
    terminal.table(resultColumns(columns), rows);
  }
}

/** Relative where that is shorter. */
function fromHere(folder: string): string {
  const path = relative(process.cwd(), folder);
  return path.startsWith('..') ? folder : path;
}

function nextSteps(folder: string, results: FollowResult[]): string {
  const run = results
    .find((result) => result.run !== undefined)
    ?.run?.split(':')
    .at(-1);
  return [
    '',
    'The local cloud is up. What to try next:',
    `  npx tributary drop ${folder}/sample-orders-1.csv --dataset orders --as again.csv   the same rows again change nothing`,
    '  npx tributary query "select * from daily_revenue order by order_date"',
    '  npx tributary quarantine orders',
    `  npx tributary run${run === undefined ? 's' : ` ${run}`}`,
    '  npx tributary alerts',
    '  npx tributary status',
    'Stop it with `npx tributary down` (its data stays), delete everything with `npx tributary reset`.',
  ].join('\n');
}
