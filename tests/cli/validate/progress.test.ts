import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createTerminal } from '../../../cli/terminal.ts';
import { progressText, showProgress } from '../../../cli/validate/progress.ts';

function screen(isTTY: boolean) {
  const written = { text: '' };
  const stream = { isTTY, columns: 200, write: (text: string) => (written.text += text) };
  return { written, terminal: createTerminal({ stdout: stream, stderr: stream } as never, false) };
}

const reading = { phase: 'read', bytes: 31_000_000, records: 400_000 } as const;

describe('the progress of a validation', () => {
  it('says how much is read, and how fast', () => {
    expect(progressText(reading, 71_500_000, 2_000)).toBe('read 43 % of 71.5 MB, 15.5 MB/s, 200,000 rows/s, 2.0 s');
  });

  it('does without what is not known', () => {
    expect(progressText({ phase: 'read', bytes: 31_000_000 }, undefined, 2_000)).toBe('read 31.0 MB, 15.5 MB/s, 2.0 s');
  });

  it('says what is done with the rows once they are read', () => {
    expect(progressText({ ...reading, phase: 'check' }, 1, 65_400)).toBe('checking 400,000 rows, 1 min 5 s');
    expect(progressText({ ...reading, phase: 'explain' }, 1, 3_999)).toBe(
      'explaining what is wrong in 400,000 rows, 3.0 s',
    );
    expect(progressText({ ...reading, phase: 'profile' }, 1, 4_000)).toBe('summing up 400,000 rows, 4.0 s');
  });
});

describe('the line on standard error', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is rewritten several times a second on a terminal', () => {
    const { written, terminal } = screen(true);
    const progress = showProgress(terminal, 'orders.csv', 10_000_000);

    for (let step = 0; step < 20; step++) {
      progress.tell({ phase: 'read', bytes: (step + 1) * 100_000 });
      jest.advanceTimersByTime(100);
    }

    expect(written.text.split('\n').length).toBeGreaterThan(4);
    expect(written.text).toContain('\u001b[1A');
    expect(written.text).toContain('orders.csv  read 20 % of 10.0 MB, 1.0 MB/s');
    progress.end();
  });

  it('comes every five seconds elsewhere, and sums up in the end', () => {
    const { written, terminal } = screen(false);
    const progress = showProgress(terminal, 'orders.csv', 10_000_000);

    for (let step = 0; step < 11; step++) {
      progress.tell({ phase: 'read', bytes: (step + 1) * 500_000 });
      jest.advanceTimersByTime(1_000);
    }
    progress.tell({ phase: 'check', bytes: 5_500_000, records: 50_000 });
    progress.end();

    expect(written.text).toBe(
      'orders.csv  read 25 % of 10.0 MB, 500 KB/s, 5.0 s\n' +
        'orders.csv  read 50 % of 10.0 MB, 500 KB/s, 10.0 s\n' +
        'orders.csv  5.5 MB in 11.0 s, 500 KB/s, 4,545 rows/s\n',
    );
  });

  it('is not shown at all for a file that is done within a second', () => {
    const { written, terminal } = screen(true);
    const progress = showProgress(terminal, 'orders.csv', 1_000);

    progress.tell({ phase: 'read', bytes: 1_000 });
    jest.advanceTimersByTime(900);
    progress.end();
    jest.advanceTimersByTime(10_000);

    expect(written.text).toBe('');
  });
});
