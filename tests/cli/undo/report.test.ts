import { describe, expect, it } from '@jest/globals';
import { createTerminal } from '../../../cli/terminal.ts';
import { type Outcome, reportUndo } from '../../../cli/undo/report.ts';
import type { FileItem } from '../../../core/ledger/items.ts';
import type { ReportedChanges } from '../../../core/operation/undo-item.ts';

const file = { file_id: 'f'.repeat(32), dataset: 'orders', key: 'landing/orders/b.csv' } as FileItem;
const from = (n: number) => ({ file_id: String(n).repeat(32), key: `landing/orders/${n}.csv`, rows: 10 - n });
const changes: ReportedChanges = {
  owned_rows: 1203,
  gone_rows: 3,
  back_rows: 1200,
  back_files: 5,
  back_from: [from(1), from(2)],
  marts: ['daily_revenue'],
};

function report(outcome: Outcome, what: ReportedChanges | undefined, json = false) {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ write: (text: string) => (written[name] += text) });
  const terminal = createTerminal({ stdout: stream('out'), stderr: stream('err') } as never, json);
  reportUndo(terminal, file, outcome, what, 'arn:run');
  return written;
}

describe('the report of an undo', () => {
  it('says how many rows go, vanish and come back, from which files, and which marts follow', () => {
    const { out, err } = report('planned', changes);

    expect(out).toContain('landing/orders/b.csv  would be taken out\n');
    expect(out).toContain(
      'of the file in silver\t1203\nthat vanish\t3\nthat come back as other files have them\t1200\n',
    );
    expect(out).toContain(`landing/orders/1.csv\t${'1'.repeat(32)}\t9\n`);
    expect(err).toContain('and from 3 more');
    expect(err).toContain('daily_revenue');
  });

  it.each([
    ['undone', 'is taken out; dropped again, it comes back'],
    ['nothing', 'has no rows in silver: there is nothing to take out'],
    ['already_undone', 'was taken out before'],
  ] as const)('says of one that is %s what that means', (outcome, words) => {
    expect(report(outcome, undefined)).toEqual({ out: `landing/orders/b.csv  ${words}\n`, err: '' });
  });

  it('is one JSON document when asked for', () => {
    const { out, err } = report('undone', changes, true);

    expect(JSON.parse(out)).toEqual({
      ...{ file_id: file.file_id, dataset: 'orders', key: file.key, outcome: 'undone', changes, run: 'arn:run' },
    });
    expect(err).toBe('');
  });
});
