import { describe, expect, it } from '@jest/globals';
import { parseTimeFormat, type TimeToken } from '../../../../core/contract/time-format.ts';
import { column, damaged, randomOf, SEED, typed } from './evaluate.ts';

const date = { kind: 'date' } as const;
const timestamp = { kind: 'timestamp' } as const;
const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

interface Fields {
  year?: number;
  month?: number;
  day?: number;
  weekday?: number;
  hour?: number;
  half?: number;
  minute?: number;
  second?: number;
  micros?: number;
  /** Minutes east of UTC. */
  offset?: number;
}

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const lengthOf = (year: number, month: number) =>
  [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;

/** Days since 1970 by counting years and months. */
function dayNumber(year: number, month: number, day: number): number {
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  let days = before * 365 + leaps - 719_162 + day - 1;
  for (let earlier = 1; earlier < month; earlier++) days += lengthOf(year, earlier);
  return days;
}

/** Microseconds since 1970 of fields that are a real time of the years 0001 to 9999; undefined if they are not. */
function microsOf(fields: Fields): bigint | undefined {
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0, offset = 0 } = fields;
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > lengthOf(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const days = dayNumber(year, month, day);
  if (fields.weekday !== undefined && fields.weekday !== (((days + 4) % 7) + 7) % 7) return undefined;
  const value =
    BigInt(days) * 86_400_000_000n + BigInt((hour * 60 + minute - offset) * 60 + second) * 1_000_000n + BigInt(micros);
  const [first, last] = [BigInt(dayNumber(1, 1, 1)), BigInt(dayNumber(9999, 12, 31) + 1)];
  return value >= first * 86_400_000_000n && value < last * 86_400_000_000n ? value : undefined;
}

/** Reads a text piece by piece; every way in which it can be read. */
function readings(tokens: TimeToken[], text: string, fields: Fields = {}): Fields[] {
  const [token, ...rest] = tokens;
  if (!token) return text === '' ? [fields] : [];
  const go = (length: number, more: Fields) => readings(rest, text.slice(length), { ...fields, ...more });
  if (token.kind === 'literal') return text.startsWith(token.text) ? go(token.text.length, {}) : [];
  const number = (least: number, most: number, make: (value: number) => Fields | undefined) => {
    const all: Fields[] = [];
    for (let length = least; length <= most; length++) {
      const part = text.slice(0, length);
      const more = part.length === length && /^[0-9]+$/.test(part) ? make(Number(part)) : undefined;
      if (more) all.push(...go(length, more));
    }
    return all;
  };
  const name = (names: string[], letters: number, make: (index: number) => Fields) => {
    const index = names.findIndex((item) => text.toLowerCase().startsWith(item.slice(0, letters).toLowerCase()));
    return index < 0 ? [] : go(names[index]!.slice(0, letters).length, make(index));
  };
  const { field, letters } = token;
  const least = Math.min(letters.length, 2);
  switch (field) {
    case 'year':
      return letters === 'yy' ? number(2, 2, (year) => ({ year: 2000 + year })) : number(4, 4, (year) => ({ year }));
    case 'month':
      if (letters.length > 2) return name(MONTHS, letters === 'MMM' ? 3 : 99, (index) => ({ month: index + 1 }));
      return number(least, 2, (month) => ({ month }));
    case 'day':
      return number(least, 2, (day) => ({ day }));
    case 'weekday':
      return name(DAYS, letters === 'EEE' ? 3 : 99, (weekday) => ({ weekday }));
    case 'hour':
      return number(least, 2, (hour) => ({ hour }));
    case 'half_hour':
      return number(least, 2, (hour) => (hour >= 1 && hour <= 12 ? { hour: hour % 12 } : undefined));
    case 'half':
      return name(['AM', 'PM'], 2, (half) => ({ half }));
    case 'minute':
      return number(2, 2, (minute) => ({ minute }));
    case 'second':
      return number(2, 2, (second) => ({ second }));
    case 'fraction': {
      const digits = text.slice(0, letters.length);
      const isFraction = digits.length === letters.length && /^[0-9]+$/.test(digits) && /^0*$/.test(digits.slice(6));
      return isFraction ? go(digits.length, { micros: Number(digits.padEnd(6, '0').slice(0, 6)) }) : [];
    }
    case 'offset': {
      if (text.startsWith('Z')) return go(1, { offset: 0 });
      const forms = { X: [/^[+-]\d\d/, /^[+-]\d{4}/], XX: [/^[+-]\d{4}/], XXX: [/^[+-]\d\d:\d\d/] }[letters as 'X'];
      return forms.flatMap((form) => {
        const found = form.exec(text)?.[0];
        if (!found) return [];
        const digits = found.replace(':', '');
        const [hours, minutes] = [Number(digits.slice(1, 3)), Number(digits.slice(3) || '0')];
        if (hours > 23 || minutes > 59) return [];
        return go(found.length, { offset: (digits[0] === '-' ? -1 : 1) * (hours * 60 + minutes) });
      });
    }
  }
}

const withHalf = (fields: Fields): Fields =>
  fields.half === undefined ? fields : { ...fields, hour: fields.hour! + 12 * fields.half };

/** What a text stands for in a pattern; undefined if nothing. */
function read(pattern: string, text: string): bigint | undefined {
  const found = readings(parseTimeFormat(pattern), text)
    .map(withHalf)
    .map(microsOf)
    .filter((value) => value !== undefined);
  return found[0];
}

const two = (value: number) => String(value).padStart(2, '0');

/** A random time as a pattern writes it. */
function write(pattern: string, random: (below: number) => number): string {
  const year = [1 + random(9999), 2000 + random(100), 1950 + random(100)][random(3)]!;
  const month = 1 + random(12);
  const day = 1 + random([28, lengthOf(year, month), 31][random(3)]!);
  const weekday = random(10) ? (((dayNumber(year, month, day) + 4) % 7) + 7) % 7 : random(7);
  const shown: Record<string, () => string> = {
    yyyy: () => String(year).padStart(4, '0'),
    yy: () => two(year % 100),
    M: () => (random(2) ? String(month) : two(month)),
    d: () => (random(2) ? String(day) : two(day)),
    MM: () => two(month),
    dd: () => two(day),
    MMM: () => MONTHS[month - 1]!.slice(0, 3),
    MMMM: () => MONTHS[month - 1]!.toUpperCase(),
    EEE: () => DAYS[weekday]!.slice(0, 3).toLowerCase(),
    EEEE: () => DAYS[weekday]!,
    HH: () => two(random(25)),
    H: () => String(random(25)),
    hh: () => two(random(14)),
    h: () => String(random(14)),
    a: () => ['AM', 'PM', 'am', 'pm'][random(4)]!,
    mm: () => two(random(61)),
    ss: () => two(random(61)),
    X: () => ['Z', `+${two(random(25))}`, `-${two(random(25))}${two(random(60))}`][random(3)]!,
    XX: () => ['Z', `+${two(random(25))}${two(random(60))}`][random(2)]!,
    XXX: () => ['Z', `-${two(random(25))}:${two(random(61))}`][random(2)]!,
  };
  return parseTimeFormat(pattern)
    .map((token) => {
      if (token.kind === 'literal') return token.text;
      if (token.field !== 'fraction') return shown[token.letters]!();
      const zeros = random(2) ? 3 : 0;
      return Array.from({ length: token.letters.length }, (_, at) => (zeros && at > 5 ? 0 : random(10))).join('');
    })
    .join('');
}

function textsOf(pattern: string, seed: number, count: number): string[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => {
    const text = write(pattern, random);
    return random(4) === 0 ? damaged(text, random, '0123456789 .:-+/,TZaMé٣ſ') : text;
  }).filter((text) => text !== '');
}

const asDate = (value: string | null | undefined) =>
  value == null
    ? undefined
    : BigInt(dayNumber(...(value.split('-').map(Number) as [number, number, number]))) * 86_400_000_000n;

describe('dates', () => {
  it.each([
    'yyyy-MM-dd',
    'dd.MM.yyyy',
    'd.M.yyyy',
    'M/d/yy',
    'yyyyMMdd',
    'ddMMyy',
    'd MMM yyyy',
    "EEEE, d. MMMM yyyy 'um' dd".slice(0, 18),
    'EEE dd-MMM-yy',
    "yyyy'%'MM'|('dd",
  ])('written as %s are read exactly as an independent reader does', async (pattern) => {
    const texts = textsOf(pattern, SEED, 5000);

    const values = await typed(column('a', date, { formats: [pattern === 'yyyy-MM-dd' ? 'iso' : pattern] }), texts);

    const wrong = texts.filter((text, index) => read(pattern, text) !== asDate(values[index]));
    expect({ SEED, wrong }).toEqual({ SEED, wrong: [] });
    expect(values.filter((value) => value !== null).length).toBeGreaterThan(1000);
    expect(values.filter((value) => value === null).length).toBeGreaterThan(100);
  });

  it('are not what a lenient cast takes for them', async () => {
    const texts = [
      '2025-1-1',
      '2025-02-30',
      '2025-02-29',
      '2024-02-29',
      '0000-01-01',
      '-2025-01-01',
      '2025-01-01 ',
      ' 2025-01-01',
      '2025/01/01',
      '2025-01-01T00:00:00',
      'epoch',
      'infinity',
      'today',
      '2025-01-01 (BC)',
      '10000-01-01',
      '20250101',
      '٢٠٢٥-٠١-٠١',
    ];

    const values = await typed(column('a', date), texts);

    expect(texts.filter((_, index) => values[index] !== null)).toEqual(['2024-02-29']);
  });

  it('take one digit for day and month only where the format does', async () => {
    const texts = ['31.2.2025', '1.2.2025', '01.02.2025', '001.02.2025'];

    const strict = await typed(column('a', date, { formats: ['dd.MM.yyyy'] }), texts);
    const short = await typed(column('a', date, { formats: ['d.M.yyyy'] }), texts);

    expect(strict).toEqual([null, null, '2025-02-01', null]);
    expect(short).toEqual([null, '2025-02-01', '2025-02-01', null]);
  });

  it('of two digits for the year are of the years 2000 to 2099', async () => {
    const texts = ['00', '68', '69', '72', '99'].map((year) => `29.02.${year}`).concat('31.12.69', '01.01.99');

    const values = await typed(column('a', date, { formats: ['dd.MM.yy'] }), texts);

    expect(values).toEqual(['2000-02-29', '2068-02-29', null, '2072-02-29', null, '2069-12-31', '2099-01-01']);
  });

  it('are read by the first of several formats in which they are one', async () => {
    const formats = ['iso', 'dd/MM/yyyy', 'MM/dd/yyyy'];

    const values = await typed(column('a', date, { formats }), [
      '2025-03-04',
      '03/04/2025',
      '12/31/2025',
      '31/31/2025',
    ]);

    expect(values).toEqual(['2025-03-04', '2025-04-03', '2025-12-31', null]);
  });
});

describe('times', () => {
  const zoned = [
    "yyyy-MM-dd'T'HH:mm:ssXXX",
    "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX",
    'yyyyMMddHHmmssXX',
    'EEE, d MMM yyyy HH:mm:ss XX',
    'd.M.yy H:mm X',
    'XXX yyyy-MM-dd HH:mm',
  ];
  const local = [
    'yyyy-MM-dd HH:mm:ss',
    'dd.MM.yyyy HH:mm',
    'd.M.yyyy H:mm:ss',
    'M/d/yyyy h:mm a',
    'MM/dd/yy hh:mm:ss a',
    'yyyyMMddHHmmssSSS',
    'HHmmssSSSyyyyMMdd',
    'HH:mm:ss,SSSSSSSSS dd-MMM-yyyy',
    'dd.MM.yyyy',
    "HH'h' yyyy-MM-dd",
    'EEEE d MMMM yyyy H:mm',
    "HHmmssSS'99'ddMMyy",
  ];

  it.each([...zoned, ...local])('written as %s are read exactly as an independent reader does', async (pattern) => {
    const texts = textsOf(pattern, SEED, 5000);

    const values = await typed(column('a', timestamp, { formats: [pattern] }), texts);

    const wrong = texts.filter(
      (text, index) => read(pattern, text) !== (values[index] == null ? undefined : BigInt(values[index])),
    );
    expect({ SEED, wrong }).toEqual({ SEED, wrong: [] });
    expect(values.filter((value) => value !== null).length).toBeGreaterThan(400);
    expect(values.filter((value) => value === null).length).toBeGreaterThan(200);
  });

  it('in the ISO form are read exactly as an independent reader does', async () => {
    const patterns = [
      "yyyy-MM-dd'T'HH:mm:ss",
      'yyyy-MM-dd HH:mm:ss',
      ...Array.from({ length: 9 }, (_, at) => `yyyy-MM-dd'T'HH:mm:ss.${'S'.repeat(at + 1)}`),
    ].flatMap((pattern) => [pattern, `${pattern}'Z'`, `${pattern}XXX`]);
    const texts = patterns.flatMap((pattern, index) => textsOf(pattern, SEED + index, 400));
    const expected = texts.map((text) => {
      const digits = /[.]([0-9]{1,9})(?:$|[^0-9])/.exec(text)?.[1]?.length ?? 0;
      const form = `yyyy-MM-dd'${text[10] === ' ' ? ' ' : 'T'}'HH:mm:ss${digits > 0 ? `.${'S'.repeat(digits)}` : ''}`;
      return read(form, text) ?? read(`${form}XXX`, text);
    });

    const values = await typed(column('a', timestamp), texts);

    const wrong = texts.filter(
      (_, index) => expected[index] !== (values[index] == null ? undefined : BigInt(values[index])),
    );
    expect({ SEED, wrong }).toEqual({ SEED, wrong: [] });
    expect(values.filter((value) => value !== null).length).toBeGreaterThan(2000);
  });

  it('are not what a lenient cast takes for them', async () => {
    const texts = [
      'epoch',
      '-infinity',
      'now',
      '2025-01-01',
      '2025-01-01T00:00',
      '2025-01-01T24:00:00',
      '2025-01-01T23:59:60',
      ' 025-01-01T00:00:00Z',
      '-025-01-01T00:00:00Z',
      '2025-01-01T 1:00:00Z',
      '2025-01-01T01:00:00z',
      '2025-01-01T00:00:00.1234567Z',
      '2025-01-01T00:00:00 Z',
      '2025-01-01T00:00:00+01',
      '2025-01-01T00:00:00 UTC',
      '2025-02-29T00:00:00Z',
      '2025-01-01T00:00:00.Z',
    ];

    const values = await typed(column('a', timestamp), texts);

    expect(texts.filter((_, index) => values[index] !== null)).toEqual([]);
  });

  it('keep their offset and every digit down to the microsecond', async () => {
    const texts = [
      '2025-01-01T00:00:00+01:30',
      '2025-01-01T00:00:00.000001Z',
      '2025-01-01T00:00:00.1234560Z',
      '1969-12-31T23:59:59.999999Z',
      '0001-01-01T00:00:00Z',
      '9999-12-31T23:59:59.999999Z',
      '0001-01-01T00:00:00+00:01',
      '9999-12-31T23:59:59-00:01',
    ];

    const values = await typed(column('a', timestamp), texts);

    expect(values).toEqual([
      '1735684200000000',
      '1735689600000001',
      '1735689600123456',
      '-1',
      '-62135596800000000',
      '253402300799999999',
      null,
      null,
    ]);
  });

  it('since 1970 are whole numbers of the years 0001 to 9999', async () => {
    const texts = [
      '0',
      '-1',
      '1738367999',
      '1738367999.5',
      '+5',
      '1e9',
      ' 1',
      '253402300799',
      '253402300800',
      '-62135596800',
      '-62135596801',
      '9'.repeat(30),
    ];

    const seconds = await typed(column('a', timestamp, { formats: ['epoch_seconds'] }), texts);
    const millis = await typed(column('a', timestamp, { formats: ['epoch_milliseconds'] }), [
      '1738367999123',
      '253402300800000',
    ]);
    const micros = await typed(column('a', timestamp, { formats: ['epoch_microseconds', 'iso'] }), [
      '1738367999123456',
      '1970-01-01T00:00:01Z',
      '253402300800000000',
    ]);

    expect(seconds).toEqual([
      '0',
      '-1000000',
      '1738367999000000',
      null,
      null,
      null,
      null,
      '253402300799000000',
      null,
      '-62135596800000000',
      null,
      null,
    ]);
    expect(millis).toEqual(['1738367999123000', null]);
    expect(micros).toEqual(['1738367999123456', '1000000', null]);
  });
});

/** Minutes, seconds and all between a zone's clocks and UTC at an instant, in milliseconds, as the runtime knows it. */
function offsetsOf(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const shown = Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second);
    return shown - Math.floor(instant / 1000) * 1000;
  };
}

/** The earliest instant at which the clocks of a zone show a local time; undefined if they never do. */
function instantOf(offsetAt: (instant: number) => number, local: number): number | undefined {
  const near = [-24, -12, -2, 0, 2, 12, 24].map((hours) => offsetAt(local + hours * 3_600_000));
  const instants = near.map((offset) => local - offset).filter((instant) => instant + offsetAt(instant) === local);
  return instants.length > 0 ? Math.min(...instants) : undefined;
}

describe('times without an offset', () => {
  it.each([
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'Pacific/Apia',
    'America/Sao_Paulo',
    'Africa/Casablanca',
    'Etc/GMT+5',
    'UTC',
  ])(
    'are those of the clocks of %s',
    async (zone) => {
      const random = randomOf(SEED);
      const offsetAt = offsetsOf(zone);
      // Until 2024: what governments decided since may be known to one side only.
      const from = Date.UTC(1975, 0, 1);
      const any = () => from + random(1_570_000_000) * 1000 + random(1000);
      const changes: number[] = [];
      for (let hour = from; hour < from + 18_000 * 86_400_000; hour += 24 * 3_600_000) {
        if (offsetAt(hour) !== offsetAt(hour + 24 * 3_600_000)) changes.push(hour);
      }
      const locals = Array.from({ length: 1500 }, () => {
        const change = changes[random(changes.length || 1)];
        return change === undefined || random(3) === 0
          ? any()
          : change + offsetAt(change) + random(30 * 60) * 60_000 - 3 * 3_600_000;
      });
      const texts = locals.map((local) => new Date(local).toISOString().slice(0, -1));

      const values = await typed(column('a', timestamp, { timeZone: zone }), texts);

      const expected = locals.map((local) => instantOf(offsetAt, local));
      const wrong = texts.filter(
        (_, index) => (values[index] === null ? undefined : Number(values[index]) / 1000) !== expected[index],
      );
      expect({ SEED, wrong }).toEqual({ SEED, wrong: [] });
    },
    30_000,
  );

  it('are no times where clocks are set forward, and the earlier ones where they are set back', async () => {
    const texts = [
      '30.03.2025 01:59',
      '30.03.2025 02:00',
      '30.03.2025 02:59',
      '30.03.2025 03:00',
      '26.10.2025 02:00',
      '26.10.2025 02:59',
      '26.10.2025 03:00',
    ];

    const values = await typed(
      column('a', timestamp, { timeZone: 'Europe/Berlin', formats: ['dd.MM.yyyy HH:mm'] }),
      texts,
    );

    const shown = values.map((value) => value && new Date(Number(value) / 1000).toISOString().slice(5, 16));
    expect(shown).toEqual(['03-30T00:59', null, null, '03-30T01:00', '10-26T00:00', '10-26T00:59', '10-26T02:00']);
  });

  it('leave texts with an offset as they are, and are of the years 0001 to 9999 in UTC', async () => {
    const texts = [
      '2025-07-01T00:00:00Z',
      '2025-07-01T00:00:00+05:00',
      '2025-07-01T00:00:00',
      '2025-07-01T00:00:00.123456',
      '0001-01-01T00:00:00',
      '9999-12-31T23:59:59',
      '0001-01-02T00:00:00',
    ];

    const values = await typed(column('a', timestamp, { timeZone: 'Asia/Tokyo' }), texts);
    const west = await typed(column('a', timestamp, { timeZone: 'America/New_York' }), texts.slice(4, 6));

    expect(values.map((value) => value !== null)).toEqual([true, true, true, true, false, true, true]);
    expect(values.slice(0, 4)).toEqual([
      '1751328000000000',
      '1751310000000000',
      '1751295600000000',
      '1751295600123456',
    ]);
    expect(west.map((value) => value !== null)).toEqual([true, false]);
  });
});
