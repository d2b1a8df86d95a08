import type { Command } from 'commander';
import { executionHistory } from '../../aws/executions.ts';
import { executionConsoleLink } from '../../core/incident/console-link.ts';
import { failureOf } from '../../core/incident/history.ts';
import { timeline } from '../../core/incident/timeline.ts';
import { action } from '../context.ts';
import { formatDuration, formatTime, printable } from '../format.ts';
import { describeRun } from '../runs/describe.ts';
import { findRun } from '../runs/find.ts';
import { remarksOf } from '../runs/remarks.ts';
import { outcomeStyle, runJson, STATE_COLUMNS, stateRows, took, words } from '../runs/render.ts';
import { reportOf } from '../runs/report-of.ts';

export function run(program: Command): void {
  program
    .command('run')
    .description('show one run: its states, how long each took, and why it failed')
    .argument('<id>', 'name of the run or its beginning, its ARN, or a file id')
    .action(
      action<[string], object>(async (session, options, id) => {
        const { terminal, clock } = session;
        const found = await findRun(session, id);
        const events = await executionHistory(found.arn);
        const visits = timeline(events);
        // A run that was redriven keeps the failures it has overcome in its history.
        const over = found.status === 'RUNNING' || found.status === 'SUCCEEDED';
        const failure = over ? undefined : failureOf([...events].reverse());
        const now = clock.now();
        const facts = describeRun(found);
        const { anomalies, orphans } = await remarksOf(session, facts);
        const report = await reportOf(session, facts);
        if (terminal.mode === 'json') {
          return terminal.json({
            ...runJson(found, now),
            anomalies,
            orphans,
            report: report ?? null,
            states: visits,
            failure: failure ?? null,
            input: found.input,
          });
        }
        const style = outcomeStyle(facts.outcome);
        const outcome = words(facts.outcome);
        const console = options.stage === 'local' ? undefined : executionConsoleLink(found.arn);
        const lines: [string, string | undefined][] = [
          ['run', found.name],
          ['outcome', style === undefined ? outcome : terminal.paint(style, outcome)],
          ['started (UTC)', formatTime(found.startedAt)],
          ['took', formatDuration(took(found, now))],
          ['dataset', facts.dataset],
          ['file', facts.key && `s3://${facts.bucket ?? ''}/${facts.key}`],
          ['version', facts.versionId],
          ['file id', facts.fileId],
          ['merged by', facts.leader],
          ...facts.warnings.map((warning): [string, string] => ['warning', printable(warning)]),
          ...anomalies.map((anomaly): [string, string] => ['unusual', anomaly]),
          ...orphans.map((sentence): [string, string] => ['orphans', sentence]),
          ['report', report],
          ['console', console],
        ];
        for (const [name, value] of lines) {
          if (value) terminal.out(terminal.mode === 'table' ? `${name.padEnd(14)} ${value}` : `${name}\t${value}`);
        }
        terminal.heading('States');
        terminal.table(STATE_COLUMNS, stateRows(visits, now));
        if (failure !== undefined) {
          terminal.heading(`Failed in ${failure.state}: ${failure.error}`);
          terminal.out(printable(failure.cause));
        }
        terminal.heading('Input');
        terminal.out(found.input ?? '(not kept)');
      }),
    );
}
