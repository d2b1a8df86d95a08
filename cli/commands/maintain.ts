import type { Command } from 'commander';
import { describeExecution, startExecution } from '../../aws/executions.ts';
import type { Maintained } from '../../core/operation/maintain.ts';
import { action } from '../context.ts';
import { FailedError } from '../exit.ts';

export function maintain(program: Command): void {
  program
    .command('maintain')
    .description('compact tables and expire their old snapshots now, as happens every night')
    .argument('[tables...]', 'tables like silver.orders or gold.daily_revenue (default: all)')
    .action(
      action<[string[]], object>(async (session, _options, tables) => {
        const { terminal, clock } = session;
        const { maintainStateMachine } = await session.stack();
        const arn = await startExecution(maintainStateMachine, JSON.stringify(tables.length > 0 ? { tables } : {}));
        const board = terminal.board();
        board.set('run', `maintain  ${arn.split(':').at(-1)}`);
        let run = await describeExecution(arn);
        while (run === undefined || run.status === 'RUNNING') {
          await clock.sleep(1_000);
          run = await describeExecution(arn);
        }
        board.end();
        if (run.status !== 'SUCCEEDED') throw new FailedError(`${run.error ?? run.status}: ${run.cause ?? ''}`);
        const { tables: done } = (JSON.parse(run.output ?? '{}') as { maintenance: Maintained }).maintenance;
        if (terminal.mode === 'json') terminal.json({ run: arn, tables: done });
        else
          terminal.table(
            [{ title: 'table' }, { title: 'outcome' }],
            done.map(({ table, outcome }) => [table, outcome]),
          );
      }),
    );
}
