import type { Random } from './random.ts';

/** As DuckDB shows it in JSON: decimals, 64-bit integers and times (microseconds since 1970) are texts. */
export type Value = string | number | boolean | null;

/** One field of one row, with what must become of it. */
export interface Cell {
  /** As it is written, and as a reason has to show it. */
  text: string;
  /** As JSON, where it is not a string of the text. */
  json?: string;
  /** Null for a text that is not of the type. */
  value: Value;
  /** The rules that it breaks. */
  breaks: string[];
  warns: string[];
  /** Other texts of the same value. */
  spellings: string[];
}

export const good = (value: Value, text = String(value), more: Partial<Cell> = {}): Cell => ({
  text,
  value,
  breaks: [],
  warns: [],
  spellings: [],
  ...more,
});

export const missing = (): Cell => good(null, '');

/** A text that breaks these rules, `type` among them: it has no value. */
export const bad = (text: string, ...breaks: string[]): Cell => ({ ...good(null, text), breaks });

/** A value of the right type that breaks these rules. */
export const wrong = (value: Value, text: string, ...breaks: string[]): Cell => ({ ...good(value, text), breaks });

/** The same cell as a bare JSON number. */
export const bare = (cell: Cell): Cell => ({ ...cell, json: cell.text, spellings: [] });

/** `-1205` with scale 2 is `-12.05`. */
export function decimal(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}

/** `1234567.89` as `1.234.567,89`. */
export function german(plain: string, grouped: boolean): string {
  const [whole = '', fraction] = plain.split('.');
  const shown = grouped ? whole.replace(/\B(?=(\d{3})+$)/g, '.') : whole;
  return fraction === undefined ? shown : `${shown},${fraction}`;
}

export const DAY = 86_400_000;

export const isoDay = (days: number): string => new Date(days * DAY).toISOString().slice(0, 10);

const pad = (value: number | bigint, length: number) => String(value).padStart(length, '0');

/** Microseconds since 1970 as `2025-01-31T10:20:30.000123` in UTC. */
export function isoTime(micros: bigint): string {
  const second = micros >= 0n ? micros / 1_000_000n : -((999_999n - micros) / 1_000_000n);
  const fraction = micros - second * 1_000_000n;
  return `${new Date(Number(second) * 1000).toISOString().slice(0, 19)}.${pad(fraction, 6)}`;
}

/** The ways in which one instant is written in ISO 8601; the first has all of its digits and a Z. */
export function isoSpellings(micros: bigint, random: Random): string[] {
  const minutes = random.int(-14 * 60, 14 * 60);
  const size = Math.abs(minutes);
  const offset = `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`;
  const full = isoTime(micros);
  const short = full.replace(/\.?0+$/, '');
  return [
    `${full}Z`,
    full.replace('T', ' '),
    `${isoTime(micros + BigInt(minutes) * 60_000_000n)}${offset}`,
    ...(short.length >= 19 ? [short, `${short}Z`] : []),
  ];
}

const berlinClock = new Intl.DateTimeFormat('de-DE', {
  timeZone: 'Europe/Berlin',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** Seconds since 1970 as clocks in Berlin show them: `31.01.2025 23:59:59`. */
export function berlinTime(second: number): string {
  const parts = Object.fromEntries(berlinClock.formatToParts(second * 1000).map(({ type, value }) => [type, value]));
  return `${parts.day}.${parts.month}.${parts.year} ${parts.hour}:${parts.minute}:${parts.second}`;
}
