import { describe, expect, it } from '@jest/globals';
import { createTerminal } from '../../cli/terminal.ts';

function screen(isTTY: boolean, columns = 60) {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    isTTY,
    columns,
    write: (text: string) => {
      written[name] += text;
      return true;
    },
  });
  return { written, streams: { stdout: stream('out'), stderr: stream('err') } as never };
}

const withoutColour = (text: string) => text.replace(/\p{Cc}\[[0-9;]*[A-Za-z]/gu, '');

describe('a terminal', () => {
  it('writes tab-separated lines with a header when it is none', () => {
    const { written, streams } = screen(false);

    createTerminal(streams, false).table(
      ['file', { title: 'rows', align: 'right' }],
      [
        ['a\tb.csv', 3],
        ['c.csv', null],
      ],
    );

    expect(written.out).toBe('file\trows\na\\tb.csv\t3\nc.csv\t\n');
  });

  it('draws a table that is not wider than the screen, whatever the rows hold', () => {
    const { written, streams } = screen(true, 60);

    createTerminal(streams, false).table(
      ['file', 'row'],
      [
        ['a.csv', 'x'.repeat(300)],
        ['b.csv', 'two\nlines'],
      ],
    );

    const lines = withoutColour(written.out).trimEnd().split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines.join('').split('x').length - 1).toBe(300);
  });

  it('does not let a row move the cursor', () => {
    const { written, streams } = screen(true);

    createTerminal(streams, false).table(['row'], [['\u001b[2Jgone']]);

    expect(written.out).not.toContain('\u001b[2J');
    expect(written.out).toContain('\\x1b[2Jgone');
  });

  it('leaves standard output to the one document in JSON mode', () => {
    const { written, streams } = screen(true);
    const terminal = createTerminal(streams, true);

    terminal.heading('Rows');
    terminal.table(['a'], [[1]]);
    terminal.json([{ a: 1 }]);

    expect(JSON.parse(written.out)).toEqual([{ a: 1 }]);
  });

  it('colours on a terminal only, and not when NO_COLOR is set', () => {
    const before = process.env.NO_COLOR;
    const paint = (isTTY: boolean) => createTerminal(screen(isTTY).streams, false).paint('red', 'x');

    delete process.env.NO_COLOR;
    const [onTerminal, inPipe] = [paint(true), paint(false)];
    process.env.NO_COLOR = '1';
    const unwanted = paint(true);
    if (before === undefined) delete process.env.NO_COLOR;
    else process.env.NO_COLOR = before;

    expect(onTerminal).toBe('\u001b[31mx\u001b[39m');
    expect([inPipe, unwanted]).toEqual(['x', 'x']);
  });
});

describe('a board', () => {
  it('rewrites its lines in place on a terminal, cut to its width', () => {
    const { written, streams } = screen(true, 20);
    const board = createTerminal(streams, false).board();

    board.set('a', 'first');
    board.set('b', 'y'.repeat(50));
    board.set('a', 'changed');

    expect(written.err).toContain('\u001b[2A');
    expect(withoutColour(written.err).split('\n')).toEqual([
      'first',
      'first',
      'y'.repeat(19),
      'changed',
      'y'.repeat(19),
      '',
    ]);
  });

  it('writes each lasting change once elsewhere, and no passing ones', () => {
    const { written, streams } = screen(false);
    const board = createTerminal(streams, false).board();

    board.set('a', '10 %', true);
    board.set('a', 'uploaded');
    board.set('a', 'uploaded');
    board.set('a', 'done');

    expect(written.err).toBe('uploaded\ndone\n');
  });
});
