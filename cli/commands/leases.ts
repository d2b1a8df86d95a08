import type { Command } from 'commander';
import { describeExecution } from '../../aws/executions.ts';
import { readDatasets, readSqlFiles } from '../../aws/project-files.ts';
import { isTable, parseMarts } from '../../core/gold/mart.ts';
import { action } from '../context.ts';
import { type Holder, type LeaseFacts, martLease, tableLease } from '../reconcile/leases.ts';
import { LEASE_COLUMNS, leaseJson, leaseRows } from '../reconcile/render-leases.ts';
import { describeRun } from '../runs/describe.ts';

export function leases(program: Command): void {
  program
    .command('leases')
    .description('who writes to which table: holders of leases, the batch under way, and what waits')
    .action(
      action<[], unknown>(async (session) => {
        const { terminal, clock } = session;
        const ledger = await session.ledger();
        const datasets = readDatasets();
        const tables = Object.keys(datasets).sort();
        const marts = parseMarts(readSqlFiles(), datasets)
          .filter(isTable)
          .map(({ name }) => name)
          .sort();
        const now = clock.now();
        const found: LeaseFacts[] = await Promise.all([
          ...tables.map((name) => tableLease(ledger, name, now, holderOf)),
          ...marts.map((name) => martLease(ledger, name, now, holderOf)),
        ]);
        if (terminal.mode === 'json') return terminal.json(found.map((lease) => leaseJson(lease)));
        terminal.table(
          LEASE_COLUMNS,
          found.map((lease) => leaseRows(lease, now)),
        );
      }),
    );
}

/** What the run that holds a lease is, and which file it is about. */
async function holderOf(arn: string): Promise<Holder> {
  const run = await describeExecution(arn);
  if (run === undefined) return { run: arn, status: 'GONE' };
  const { key } = describeRun(run);
  return { run: arn, status: run.status, ...(key !== undefined && { key }) };
}
