import type { Progress as ValidationProgress } from '../../engine/validate.ts';
import { formatBytes, formatCount, formatDuration } from '../format.ts';
import type { Board, Terminal } from '../terminal.ts';

/** Nothing is said about a file that is done before. */
const PATIENCE = 1_000;
const REDRAW = 200;
const REPEAT = 5_000;

export interface Progress {
  /** Hears of the validation's progress. */
  tell(step: ValidationProgress): void;
  end(): void;
}

/** Tells on standard error how far a long validation is: on a terminal in one line, elsewhere every five seconds. */
export function showProgress(terminal: Terminal, name: string, size: number | undefined): Progress {
  const begun = performance.now();
  let step: ValidationProgress = { phase: 'read', bytes: 0 };
  let board: Board | undefined;
  const elapsed = () => performance.now() - begun;
  const show = () => {
    if (elapsed() < PATIENCE) return;
    board ??= terminal.board();
    board.set('file', `${name}  ${progressText(step, size, elapsed())}`);
  };
  const timer = setInterval(show, terminal.live ? REDRAW : REPEAT);
  timer.unref();
  return {
    tell(next) {
      step = next;
    },
    end() {
      clearInterval(timer);
      if (board === undefined) return;
      board.set('file', `${name}  ${formatBytes(step.bytes)} in ${formatDuration(elapsed())}${rates(step, elapsed())}`);
      board.end();
    },
  };
}

const DOING = { check: 'checking', explain: 'explaining what is wrong in', profile: 'summing up' };

/** `read 43 % of 71.5 MB, 22 MB/s, 310,000 rows/s, 3.0 s`, and then what is done with the rows. */
export function progressText(step: ValidationProgress, size: number | undefined, elapsed: number): string {
  const took = formatDuration(Math.floor(elapsed / 1_000) * 1_000);
  if (step.phase !== 'read') return `${DOING[step.phase]} ${formatCount(step.records ?? 0)} rows, ${took}`;
  const part = size === undefined ? formatBytes(step.bytes) : `${percent(step.bytes, size)} of ${formatBytes(size)}`;
  return `read ${part}${rates(step, elapsed)}, ${took}`;
}

function rates({ bytes, records }: ValidationProgress, milliseconds: number): string {
  if (milliseconds <= 0) return '';
  const perSecond = (amount: number) => (amount * 1_000) / milliseconds;
  const rows = records ? `, ${formatCount(Math.round(perSecond(records)))} rows/s` : '';
  return `, ${formatBytes(perSecond(bytes))}/s${rows}`;
}

const percent = (part: number, whole: number): string =>
  `${whole === 0 ? 100 : Math.min(100, Math.floor((100 * part) / whole))} %`;
