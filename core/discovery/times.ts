/** How the dates or times of a column are written, as a contract says it. */
export interface Times {
  kind: 'date' | 'timestamp';
  /** `iso`, or patterns. */
  formats: string[];
  /** Every time says its offset from UTC. */
  hasOffset: boolean;
  /** Dates like 03/04/2025 could be read in either order: the one that was not chosen. */
  orElse?: string[];
  /** The first and the last year, if some are written with two digits: 98 is 2098. */
  shortYears?: number[];
}

/** More ways of writing than this in one column are none. */
const MAX_FORMATS = 6;

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');
const either = (names: string[]) => names.flatMap((name) => [name, name.slice(0, 3)]).join('|');

const DATES: RegExp[] = [
  /^(?<year>\d{4})(?<sep>[-/.])(?<month>\d{1,2})\k<sep>(?<day>\d{1,2})(?!\d)/,
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?!\d)/,
  /^(?<first>\d{1,2})(?<sep>[-/.])(?<second>\d{1,2})\k<sep>(?<year>\d{4}|\d{2})(?![\d:])/,
  new RegExp(`^(?<day>\\d{1,2})(?<sep>[ -])(?<name>${either(MONTHS)})\\k<sep>(?<year>\\d{4}|\\d{2})(?!\\d)`, 'i'),
  new RegExp(`^(?<name>${either(MONTHS)})(?<sep> )(?<day>\\d{1,2})(?<comma>,?) (?<year>\\d{4})(?!\\d)`, 'i'),
];
const WEEKDAY = new RegExp(`^(?<weekday>${either(DAYS)})(?<gap>,? )`, 'i');
const TIME =
  /^(?<gap>T|,? )(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.(?<fraction>\d{1,9}))?)?(?:(?<halfGap> ?)(?<half>AM|PM))?(?:(?<offsetGap> ?)(?<offset>Z|[+-]\d{2}(?::?\d{2})?)|(?<zone> (?:UTC|GMT)))?$/i;

/** One text, taken apart: what it looks like, and the digits whose number may vary from text to text. */
interface Reading {
  /** What tells texts of one format from those of another. */
  look: string;
  iso: boolean;
  date: Record<string, string | undefined>;
  time?: Record<string, string | undefined>;
  weekday?: Record<string, string | undefined>;
}

/** How these texts are written as dates or times; undefined if some are not. */
export function readTimes(texts: Iterable<string>): Times | undefined {
  const looks = new Map<string, Reading[]>();
  for (const text of texts) {
    const reading = readOne(text);
    if (!reading) return undefined;
    const alike = looks.get(reading.look);
    if (alike) alike.push(reading);
    else looks.set(reading.look, [reading]);
    if (looks.size > 3 * MAX_FORMATS) return undefined;
  }
  if (looks.size === 0) return undefined;
  const readings = [...looks.values()].flat();
  const order = orderOf(readings);
  if (order === undefined) return undefined;
  const formats = formatsOf(looks, order.monthFirst);
  if (formats.length > MAX_FORMATS) return undefined;
  const kind = readings.some(({ time }) => time) ? 'timestamp' : 'date';
  return {
    kind,
    formats,
    hasOffset: kind === 'timestamp' && readings.every(({ time }) => time?.offset ?? time?.zone),
    orElse: order.isGuess ? formatsOf(looks, !order.monthFirst) : undefined,
    shortYears: shortYearsOf(readings),
  };
}

function shortYearsOf(readings: Reading[]): number[] | undefined {
  const years = new Set(readings.map(({ date }) => date.year!).filter((year) => year.length === 2));
  if (years.size === 0) return undefined;
  const [first, last] = [[...years].sort()[0]!, [...years].sort().at(-1)!];
  return [...new Set([2000 + Number(first), 2000 + Number(last)])];
}

function formatsOf(looks: Map<string, Reading[]>, monthFirst: boolean): string[] {
  const isPlain = [...looks.values()].flat().every(({ time }) => !time);
  // A date alone is read by `iso` only in a column of dates.
  const isIso = (alike: Reading[]) => alike.every(({ iso, time }) => iso && (isPlain || time !== undefined));
  return [...new Set([...looks.values()].map((alike) => (isIso(alike) ? 'iso' : patternOf(alike, monthFirst))))];
}

function readOne(text: string): Reading | undefined {
  const weekday = WEEKDAY.exec(text)?.groups;
  const body = weekday ? text.slice(weekday.weekday!.length + weekday.gap!.length) : text;
  for (const [index, pattern] of DATES.entries()) {
    const match = pattern.exec(body);
    if (!match) continue;
    const date = match.groups!;
    const rest = body.slice(match[0].length);
    const time = rest === '' ? undefined : TIME.exec(rest)?.groups;
    if ((rest !== '' && !time) || !isReal(date) || (time && !isOfDay(time))) continue;
    const { sep = '', comma = '', year = '', name = '' } = date;
    const offset = time?.zone ?? (time?.offset ? `${time.offsetGap}${offsetLetters(time.offset)}` : '');
    const nameLength = name.length === 3 ? (name.toLowerCase() === 'may' ? 'may' : 'MMM') : name && 'MMMM';
    const look = [
      index,
      sep,
      comma,
      year.length,
      nameLength,
      weekday ? `${weekday.gap}${weekday.weekday!.length > 3}` : '',
      time && [time.gap, time.second !== undefined, time.fraction?.length, time.half && time.halfGap, offset].join('~'),
    ].join('|');
    const isIsoDate = index === 0 && sep === '-' && date.month!.length === 2 && date.day!.length === 2 && !weekday;
    const iso = isIsoDate && (time === undefined || isIsoTime(time));
    return { look: iso ? `iso ${time !== undefined}` : look, iso, date, time, weekday };
  }
  return undefined;
}

const isIsoTime = ({
  gap,
  hour,
  second,
  fraction = '',
  half,
  offset,
  offsetGap,
  zone,
}: Record<string, string | undefined>) =>
  (gap === 'T' || gap === ' ') &&
  hour!.length === 2 &&
  second !== undefined &&
  /^\d{0,6}0*$/.test(fraction) &&
  half === undefined &&
  zone === undefined &&
  (offset === undefined || (offsetGap === '' && /^(?:Z|[+-]\d\d:\d\d)$/.test(offset)));

function isOfDay({
  gap,
  hour,
  minute,
  second,
  half,
  fraction = '',
  offset = '',
}: Record<string, string | undefined>): boolean {
  const [from, to] = half ? [1, 12] : [0, 23];
  const isWithin = (text: string | undefined, most: number) => Number(text ?? 0) <= most;
  const [, hours, minutes] = /^[+-](\d\d):?(\d\d)?$/.exec(offset) ?? [];
  return (
    Number(hour) >= from &&
    Number(hour) <= to &&
    isWithin(minute, 59) &&
    isWithin(second, 59) &&
    isWithin(hours, 23) &&
    isWithin(minutes, 59) &&
    gap !== 't' &&
    offset !== 'z' &&
    /^\d{0,6}0*$/.test(fraction)
  );
}

/** Whether there is such a day; of two numbers of which one is the month, in one order at least. */
function isReal({ year, month, day, first, second, name }: Record<string, string | undefined>): boolean {
  const full = year!.length === 2 ? `20${year}` : year!;
  const exists = (monthText: string, dayText: string) => {
    const iso = `${full}-${monthText.padStart(2, '0')}-${dayText.padStart(2, '0')}`;
    const time = Date.parse(`${iso}T00:00:00Z`);
    return full !== '0000' && !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso);
  };
  if (name) return exists(String(MONTHS.findIndex((known) => sameStart(known, name)) + 1), day!);
  return first ? exists(first, second!) || exists(second!, first) : exists(month!, day!);
}

const sameStart = (known: string, name: string) => known.slice(0, 3).toLowerCase() === name.slice(0, 3).toLowerCase();

/** Whether the month comes first where both it and the day are numbers before the year; undefined if it is now so, now so. */
function orderOf(readings: Reading[]): { monthFirst: boolean; isGuess: boolean } | undefined {
  const pairs = readings.filter(({ date }) => date.first !== undefined);
  if (pairs.length === 0) return { monthFirst: false, isGuess: false };
  const fits = (monthFirst: boolean) =>
    pairs.every(({ date: { first, second, year } }) => {
      const [month, day] = monthFirst ? [first, second] : [second, first];
      return isReal({ year, month, day });
    });
  const [american, european] = [fits(true), fits(false)];
  if (!american && !european) return undefined;
  if (american !== european) return { monthFirst: american, isGuess: false };
  // Unpadded numbers between slashes, and AM and PM, are how programs write it in the United States.
  const looksAmerican = pairs.some(
    ({ date: { sep, first, second }, time }) => sep === '/' && (time?.half || first!.length + second!.length < 4),
  );
  return { monthFirst: looksAmerican, isGuess: true };
}

function patternOf(alike: Reading[], monthFirst: boolean): string {
  const [{ date, time, weekday }] = alike as [Reading];
  // Where one number is not filled up with a zero none is, whatever the sample happens to hold of the others.
  const isPadded = alike.every(({ date, time }) =>
    [date.month, date.day, date.first, date.second, time?.hour].every((number) => number?.length !== 1),
  );
  const digits = (letter: string) => letter.repeat(isPadded ? 2 : 1);
  const { sep = '', comma = '' } = date;
  const year = date.year!.length === 4 ? 'yyyy' : 'yy';
  const day = () => digits('d');
  let text: string;
  if (date.name !== undefined) {
    const month = alike.some(({ date }) => date.name!.length > 3) ? 'MMMM' : 'MMM';
    text = isDayFirst(alike[0]!) ? [day(), month, year].join(sep) : `${month} ${day()}${comma} ${year}`;
  } else if (date.first !== undefined) {
    const first = digits(monthFirst ? 'M' : 'd');
    const second = digits(monthFirst ? 'd' : 'M');
    text = [first, second, year].join(sep);
  } else {
    text = [year, digits('M'), day()].join(sep);
  }
  if (weekday) text = `${weekday.weekday!.length > 3 ? 'EEEE' : 'EEE'}${weekday.gap}${text}`;
  return time ? text + timePattern(time, digits) : text;
}

const isDayFirst = ({ look }: Reading) => look.startsWith('3|');

function timePattern(
  { gap, second, fraction, half, halfGap, offset, offsetGap, zone }: Record<string, string | undefined>,
  digits: (letter: string) => string,
): string {
  const hour = digits(half ? 'h' : 'H');
  return [
    gap === 'T' ? "'T'" : gap,
    `${hour}:mm`,
    second === undefined ? '' : ':ss',
    fraction === undefined ? '' : `.${'S'.repeat(fraction.length)}`,
    half === undefined ? '' : `${halfGap}a`,
    zone === undefined ? '' : ` '${zone.trim()}'`,
    offset === undefined ? '' : `${offsetGap}${offsetLetters(offset)}`,
  ].join('');
}

/** `XXX` reads `Z` as well. */
function offsetLetters(offset: string): string {
  if (offset.toUpperCase() === 'Z' || offset.includes(':')) return 'XXX';
  return offset.length === 5 ? 'XX' : 'X';
}

const SECONDS = { from: 946_684_800n, to: 4_102_444_800n };
const EPOCHS = { epoch_seconds: 1n, epoch_milliseconds: 1000n, epoch_microseconds: 1_000_000n };

/** Counts from 1970 of which all lie in the years 2000 to 2099: in which unit. */
export function epochOf(min: bigint, max: bigint): keyof typeof EPOCHS | undefined {
  return (Object.keys(EPOCHS) as (keyof typeof EPOCHS)[]).find(
    (name) => min >= SECONDS.from * EPOCHS[name] && max < SECONDS.to * EPOCHS[name],
  );
}
