import { styleText } from 'node:util';
import Table from 'cli-table3';
import { cell, plainCell, printable } from './format.ts';
import { textWidth, wrapText } from './wrap.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** Wraps at this width on a terminal. */
  width?: number;
  style?(value: unknown): Style | undefined;
}

export interface TerminalStreams {
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
}

/** Where the result goes (standard output) and where talk goes (standard error). */
export interface Terminal {
  /** `table` for people, `plain` for pipes, `json` when asked for. */
  mode: 'table' | 'plain' | 'json';
  /** Standard error can be rewritten in place. */
  live: boolean;
  out(line: string): void;
  note(line: string): void;
  /** In every mode but `json`, where the command writes one document of its own. */
  table(columns: (string | Column)[], rows: unknown[][]): void;
  /** A heading over a table on a terminal, an empty line elsewhere. */
  heading(text: string): void;
  json(value: unknown): void;
  /** Colours text for standard output if that is a terminal and nobody objects (NO_COLOR). */
  paint(style: Style, text: string): string;
  /** Same for standard error. */
  tint(style: Style, text: string): string;
  /** Lines on standard error that change while something goes on. */
  board(): Board;
}

export interface Board {
  /** Sets a line. A passing one (a percentage) is not shown where lines can't be rewritten. */
  set(id: string, text: string, passing?: boolean): void;
  /** Leaves the lines as they are. */
  end(): void;
}

export function createTerminal(streams: TerminalStreams, json: boolean): Terminal {
  const { stdout, stderr } = streams;
  const mode = json ? 'json' : stdout.isTTY ? 'table' : 'plain';
  const live = Boolean(stderr.isTTY) && process.env.TERM !== 'dumb';
  const colour = (stream: TerminalStreams['stdout']) => (style: Style, text: string) =>
    stream.isTTY && !process.env.NO_COLOR ? styleText(style, text, { validateStream: false }) : text;
  const paint = colour(stdout);
  const terminal: Terminal = {
    mode,
    live,
    out: (line) => void stdout.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    table(columns, rows) {
      if (mode === 'json') return;
      const known = columns.map((column) => (typeof column === 'string' ? { title: column } : column));
      terminal.out(mode === 'table' ? renderTable(known, rows, paint, stdout.columns) : renderPlain(known, rows));
    },
    heading(text) {
      if (mode === 'json') return;
      terminal.out(mode === 'table' ? `\n${paint('bold', text)}` : '');
    },
    json: (value) => terminal.out(JSON.stringify(value, null, 2)),
    paint,
    tint: colour(stderr),
    board: () => (live ? liveBoard(stderr) : lineBoard(terminal.note)),
  };
  return terminal;
}

function renderPlain(columns: Column[], rows: unknown[][]): string {
  return [columns.map((column) => column.title), ...rows].map((row) => row.map(plainCell).join('\t')).join('\n');
}

function renderTable(columns: Column[], rows: unknown[][], paint: Terminal['paint'], screen = 100): string {
  const texts = rows.map((row) => columns.map((_, index) => printable(cell(row[index]))));
  const width = columnWidths(columns, texts, screen);
  // Text is wrapped before it is coloured: a colour code takes no place, and must not be broken.
  const shown = (text: string, index: number, style: Style | undefined) =>
    wrapText(text, width[index]!)
      .map((line) => (style === undefined || line === '' ? line : paint(style, line)))
      .join('\n');
  const table = new Table({
    head: columns.map((column, index) => shown(column.title, index, 'bold')),
    colAligns: columns.map((column) => column.align ?? 'left'),
    style: { head: [], border: [], compact: true },
  });
  rows.forEach((row, number) => {
    table.push(texts[number]!.map((text, index) => shown(text, index, columns[index]!.style?.(row[index]))));
  });
  return table.toString();
}

/** No column narrower than this is made to fit the screen. */
const NARROWEST = 8;

/** Columns as wide as they need; if that is too much for the screen, the widest ones are narrowed first. */
function columnWidths(columns: Column[], texts: string[][], screen: number): number[] {
  const width = columns.map((column, index) => {
    const lines = texts.flatMap((row) => row[index]!.split('\n'));
    const needed = lines.reduce((most, line) => Math.max(most, textWidth(line)), 0);
    return Math.max(textWidth(column.title), Math.min(needed, column.width ?? needed));
  });
  // Each column has a space on both sides and a border on its left, the last one on its right, too.
  let excess = width.reduce((sum, each) => sum + each + 3, 1) - screen;
  while (excess > 0) {
    const widest = width.indexOf(Math.max(...width));
    if (width[widest]! <= NARROWEST) break;
    width[widest]! -= 1;
    excess -= 1;
  }
  return width;
}

function lineBoard(note: (line: string) => void): Board {
  const shown = new Map<string, string>();
  return {
    set(id, text, passing = false) {
      if (passing || shown.get(id) === text) return;
      shown.set(id, text);
      note(text);
    },
    end: () => undefined,
  };
}

function liveBoard(stream: TerminalStreams['stderr']): Board {
  const lines = new Map<string, string>();
  let drawn = 0;
  return {
    set(id, text) {
      if (lines.get(id) === text) return;
      lines.set(id, text);
      const width = (stream.columns ?? 80) - 1;
      const up = drawn > 0 ? `\u001b[${drawn}A` : '';
      stream.write(`${up}${[...lines.values()].map((line) => `\u001b[2K${clip(line, width)}\n`).join('')}`);
      drawn = lines.size;
    },
    end() {
      lines.clear();
      drawn = 0;
    },
  };
}

/** Cuts a line to the terminal's width, not counting colour codes: a wrapped line could not be rewritten. */
function clip(line: string, width: number): string {
  let visible = 0;
  return line.replace(/\p{Cc}\[[0-9;]*m|./gu, (part) => {
    if (part.startsWith('\u001b')) return part;
    visible += 1;
    return visible <= width ? part : '';
  });
}
