import { describe, expect, it } from '@jest/globals';
import { type Outcome, reportRollback, reportStates } from '../../../cli/rollback/report.ts';
import { createTerminal } from '../../../cli/terminal.ts';
import type { TableState } from '../../../core/operation/rollback-history.ts';
import type { ReportedRollback } from '../../../core/operation/rollback-item.ts';

const plan = {
  ...{ dataset: 'orders', operation: 'rollback-0123456789ab', snapshot_id: '1234567890123456789' },
  snapshot_at: '2026-03-01T10:00:00.000Z',
};
const file = (n: number) => ({ file_id: String(n).repeat(32), key: `landing/orders/${n}.csv` });
const changes: ReportedRollback = {
  ...{ gone_rows: 1203, back_rows: 4, changed_rows: 50 },
  ...{ files_out: 25, files_back: 1, out: [file(1), file(2)], back: [file(3)], marts: ['daily_revenue'] },
};

function written(json: boolean, report: (terminal: ReturnType<typeof createTerminal>) => void) {
  const text = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ write: (more: string) => (text[name] += more) });
  report(createTerminal({ stdout: stream('out'), stderr: stream('err') } as never, json));
  return text;
}

const report = (outcome: Outcome, what: ReportedRollback | undefined, json = false) =>
  written(json, (terminal) => reportRollback(terminal, plan, outcome, what, 'arn:run'));

describe('the report of a rollback', () => {
  it('says which rows and files come and go, and which marts follow', () => {
    const { out, err } = report('planned', changes);

    expect(out).toContain('silver.orders  would be brought back to snapshot 1234567890123456789 of ');
    expect(out).toContain('and go\t1203\n');
    expect(out).toContain('and come back\t4\n');
    expect(out).toContain('the content they had\t50\n');
    expect(out).toContain(`landing/orders/2.csv\t${'2'.repeat(32)}\n`);
    expect(out).toContain(`landing/orders/3.csv\t${'3'.repeat(32)}\n`);
    expect(err).toContain('and 23 more');
    expect(err).toContain('daily_revenue');
    expect(err).not.toContain('rerun');
  });

  it('names the command that merges the files again, once they are out', () => {
    expect(report('rolled_back', changes).err).toContain('rerun --rolled-back rollback-0123456789ab');
    expect(report('rolled_back', { ...changes, files_out: 0, out: [] }).err).not.toContain('rerun');
  });

  it('says that there is nothing to do', () => {
    const { out, err } = report('nothing', undefined);

    expect([out.includes('is already what it was at snapshot'), err]).toEqual([true, '']);
  });

  it('is one JSON document when asked for', () => {
    const { out, err } = report('planned', changes, true);

    const { operation: _, ...rest } = plan;
    expect(JSON.parse(out)).toEqual({ ...rest, operation: null, outcome: 'planned', changes, run: 'arn:run' });
    expect(JSON.parse(report('rolled_back', changes, true).out).operation).toBe(plan.operation);
    expect(err).toBe('');
  });
});

describe('the list of snapshots', () => {
  const state = (id: string, operation: string, more: Partial<TableState> = {}): TableState => ({
    ...{ id, parent: '1', at: '2026-03-01T10:00:00.000Z', operation, rows: 1200, commits: [] },
    ...more,
  });
  const commit = { seq: 7, snapshot_id: '2', file_ids: ['a', 'b'] };
  const removed = { operation: 'undo-f' } as never;
  const states = [
    state('1', 'append', { parent: null, rows: 0 }),
    state('2', 'overwrite', { commits: [{ ...commit, kind: 'merge' }] }),
    state('3', 'overwrite', { commits: [{ ...commit, kind: 'undo', file_ids: [], removed }] }),
    state('4', 'replace'),
    state('5', 'overwrite', { not: 'it is in the middle of a commit' }),
  ];

  it('tells what each is and whether there is a way back to it', () => {
    const { out } = written(false, (terminal) => reportStates(terminal, 'orders', states));

    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(lines.slice(-5).map(([, id, what, files]) => [id, what, files])).toEqual([
      ['1', 'table created', ''],
      ['2', 'batch 7', '2'],
      ['3', 'undo-f', ''],
      ['4', 'files rewritten', ''],
      ['5', 'no way back: it is in the middle of a commit', ''],
    ]);
  });

  it('is one JSON document when asked for', () => {
    const { out } = written(true, (terminal) => reportStates(terminal, 'orders', states));

    const { dataset, snapshots } = JSON.parse(out);
    expect([dataset, snapshots.length]).toEqual(['orders', 5]);
    expect(snapshots[1]).toMatchObject({ snapshot_id: '2', files: 2, rows: 1200, to: true, why_not: null });
    expect(snapshots[4]).toMatchObject({ to: false, why_not: 'it is in the middle of a commit' });
  });
});
