/** How figures read to people. */

export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 file`, `1,204 files`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2026-03-01 10:15:02`, in UTC like everything the pipeline writes. */
export function formatTime(time: Date | string | undefined): string {
  if (time === undefined) return '';
  const date = typeof time === 'string' ? new Date(time) : time;
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString().slice(0, 19).replace('T', ' ');
}

/** A share of 0–100 with two places, and as many more as tell it from none and from all. */
export function formatPercent(value: number): string {
  const shown = (digits: number) => String(Number(value.toFixed(digits)));
  let digits = 2;
  while (digits < 15 && value > 0 && value < 100 && ['0', '100'].includes(shown(digits))) digits += 1;
  return `${shown(digits)} %`;
}
