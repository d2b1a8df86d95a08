import { describe, expect, it } from '@jest/globals';
import { showReport } from '../../../cli/reconcile/show.ts';
import type { Terminal } from '../../../cli/terminal.ts';
import { arn, sweepWorld } from '../../core/reconcile/world.ts';

function terminal() {
  const rows: unknown[][] = [];
  const notes: string[] = [];
  const fake = {
    mode: 'plain',
    table: (_: unknown, given: unknown[][]) => void rows.push(...given),
    note: (line: string) => void notes.push(line),
  };
  return { fake: fake as unknown as Terminal, rows, notes };
}

describe('the report of a sweep', () => {
  it('counts by dataset and class, and tells what was done and what is to be looked at', async () => {
    const world = sweepWorld();
    world.ports.datasets = { orders: { freshnessSeconds: 60 }, products: {} };
    world.file('done.csv');
    world.file('failed.csv', { status: 'failed', error: 'ContractError: no' });
    const missed = world.land('missed.csv');
    world.file('lost.csv', { status: 'received' });
    world.ended('lost.csv', 'ABORTED');
    world.bronze.add('bronze/stray.txt');
    world.table({ owner: arn('gone'), expires_at: '2099' });
    const { fake, rows, notes } = terminal();

    showReport(fake, await world.sweep(), 'prod');

    expect(rows).toEqual([
      ['orders', 'done', '1'],
      ['orders', 'failed', '2'],
      ['orders', 'missed', '1'],
    ]);
    expect(notes.at(-1)).toBe('4 files, 4 accounted for (1 missed, 1 run started)');
    expect(notes).toEqual(
      expect.arrayContaining([
        '1 failed run of which nobody had been told: reported now:',
        '1 run started:',
        expect.stringContaining(`missed.csv (${missed}): the ledger does not know it`),
        'table orders: the lease was held by a run that is gone, 0 waiting; gone',
        '1 finding in bronze:',
        expect.stringContaining('stale: orders: the newest file came 2026-03-01 09:15:00'),
        expect.stringContaining('rerun --failed --stage prod'),
      ]),
    );
  });

  it('names the first of many and counts the rest', async () => {
    const world = sweepWorld();
    for (let n = 0; n < 30; n++) world.land(`${n}.csv`);
    const { fake, notes } = terminal();

    showReport(fake, await world.sweep(), 'local');

    expect(notes.filter((line) => line.includes('.csv'))).toHaveLength(20);
    expect(notes).toContain('  and 10 more');
  });
});
