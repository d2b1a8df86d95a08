/** How long work tells what it is doing. One step at a time: `step`, any number of `update`, then `done` or `fail`. */
export interface Progress {
  step(name: string): void;
  update(text: string): void;
  done(text?: string): void;
  fail(text: string): void;
}

/** Says nothing: for callers that only want the outcome. */
export const silentProgress: Progress = { step() {}, update() {}, done() {}, fail() {} };

interface Output {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Shows progress on a terminal as one live line a step; anywhere else as plain lines, one at each step's start and end. */
export function terminalProgress(output: Output = process.stderr, now: () => number = Date.now): Progress {
  return output.isTTY ? liveLine(output, now) : plainLines(output, now);
}

function liveLine(output: Output, now: () => number): Progress {
  let name = '';
  let text = '';
  let started = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    frame = (frame + 1) % frames.length;
    const line = `${frames[frame]} ${name}${text ? `: ${text}` : ''} (${seconds(now() - started)})`;
    output.write(`\r\x1b[2K${cut(line, (output.columns || 80) - 1)}`);
  };
  const end = (mark: string, ending: string) => {
    clearInterval(timer);
    timer = undefined;
    output.write(`\r\x1b[2K${mark} ${name}${ending ? `: ${ending}` : ''} (${seconds(now() - started)})\n`);
  };
  return {
    step(next) {
      if (timer) end('·', text);
      name = next;
      text = '';
      started = now();
      draw();
      timer = setInterval(draw, 120);
      timer.unref();
    },
    update(next) {
      text = next;
      if (timer) draw();
    },
    done(ending = '') {
      if (timer) end('\x1b[32m✓\x1b[39m', ending);
    },
    fail(ending) {
      if (timer) end('\x1b[31m✗\x1b[39m', ending);
    },
  };
}

/** A line for a step's start and end, and in a long step one every ten seconds, so that a log shows that it moves. */
function plainLines(output: Output, now: () => number): Progress {
  let name = '';
  let started = 0;
  let said = 0;
  const say = (text: string) => {
    said = now();
    output.write(`${text}\n`);
  };
  const ending = (word: string, text?: string) => {
    if (name) say(`${name}: ${text || word} (${seconds(now() - started)})`);
    name = '';
  };
  return {
    step(next) {
      name = next;
      started = now();
      say(`${name} …`);
    },
    update(text) {
      if (name && now() - said >= 10_000) say(`${name}: ${text}`);
    },
    done: (text) => ending('done', text),
    fail: (text) => ending('failed', text),
  };
}

/** A byte count as people read it: `185 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = count;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

function seconds(milliseconds: number): string {
  const total = Math.round(milliseconds / 1000);
  return total < 60 ? `${total} s` : `${Math.floor(total / 60)} min ${total % 60} s`;
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
