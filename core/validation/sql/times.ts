import { list, literal } from './text.ts';
import { type TimeForm, timeForms, YEAR } from './time-pattern.ts';
import type { ValueSteps } from './values.ts';

const DATE = `${YEAR}-[0-9]{2}-[0-9]{2}`;
/** Up to nine digits of a second; those beyond microseconds must be zeros. */
const TIME = `${DATE}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,6}0{0,3})?`;
const OFFSET = '[+-](?:[01][0-9]|2[0-3]):[0-5][0-9]';
/**
 * The first and the last microsecond of the years 0001 to 9999 in UTC, where Athena's literals and partitions end. With
 * a UTC offset a time can lie beyond the year that its text names.
 */
const FIRST_INSTANT = -62_135_596_800_000_000n;
const LAST_INSTANT = 253_402_300_799_999_999n;
const DAY = 86_400_000_000n;

/** A text that matches `pattern` and may have the value `value`; a `local` one is a time without an offset. */
interface Reading {
  pattern: string;
  value: string;
  local: boolean;
}

/** The date in the first of the formats that the text has; NULL if it has none. */
export function dateSql(formats: string[], text: string): string {
  const readings = formats.flatMap((format) =>
    format === 'iso'
      ? [{ pattern: DATE, value: `try_cast(${text} AS DATE)` }]
      : timeForms(format).map((form) => ({ pattern: form.pattern, value: `${parsedSql(form, text)}::DATE` })),
  );
  return firstSql(readings, text);
}

/**
 * The microseconds since 1970 of a time in the first of the formats that the text has. A time without an offset is one
 * of the zone: where clocks are set back it is the earlier of the two that it may mean, and where they are set forward
 * a time that is left out is none.
 */
export function timestampSteps(formats: string[], zone: string | undefined, text: string, index: number): ValueSteps {
  const readings = formats.flatMap((format) => readingsOf(format, text));
  const locals = readings.filter(({ local }) => local);
  if (zone === undefined || zone === 'UTC' || locals.length === 0)
    return { before: [], value: firstSql(readings, text) };
  const instants = readings.filter(({ local }) => !local);
  const [local, early] = [`_n${index}`, `_e${index}`];
  const inZone = (value: string) => `timezone(${literal(zone)}, ${value})`;
  const later = inZone(`make_timestamp(${local})`);
  // With the offset of the day before a time is the earlier of two. A time that a clock never showed comes back as another.
  const isRight = (instant: string, zoned: string) =>
    `${instant} BETWEEN ${FIRST_INSTANT} AND ${LAST_INSTANT} AND epoch_us(${inZone(zoned)}) = ${local}`;
  return {
    before: [
      `${firstSql(locals, text)} AS ${local}`,
      `epoch_us(${inZone(`make_timestamp(${local} - ${DAY})`)}) + ${DAY} AS ${early}`,
    ],
    value: `CASE WHEN ${local} IS NULL THEN ${instants.length > 0 ? firstSql(instants, text) : 'NULL::BIGINT'}
      WHEN ${isRight(early, `make_timestamptz(${early})`)} THEN ${early}
      WHEN ${isRight(`epoch_us(${later})`, later)} THEN epoch_us(${later}) END`,
  };
}

function readingsOf(format: string, text: string): Reading[] {
  const within = (value: string) => `CASE WHEN ${value} BETWEEN ${FIRST_INSTANT} AND ${LAST_INSTANT} THEN ${value} END`;
  if (format === 'iso') {
    const naive = `epoch_us(try_cast(${text} AS TIMESTAMP))`;
    return [
      { pattern: TIME, value: naive, local: true },
      { pattern: `${TIME}Z`, value: naive, local: false },
      { pattern: `${TIME}${OFFSET}`, value: within(`epoch_us(try_cast(${text} AS TIMESTAMPTZ))`), local: false },
    ];
  }
  const factor = { epoch_seconds: 1_000_000n, epoch_milliseconds: 1000n, epoch_microseconds: 1n }[format];
  if (factor !== undefined) {
    const value = `try_cast(${text} AS BIGINT)`;
    const fits = `${value} BETWEEN ${FIRST_INSTANT / factor} AND ${LAST_INSTANT / factor}`;
    return [{ pattern: '-?[0-9]{1,18}', value: `CASE WHEN ${fits} THEN ${value} * ${factor} END`, local: false }];
  }
  return timeForms(format).map((form) => {
    const micros = `(epoch_us(${parsedSql(form, text)}))`;
    const isLocal = !form.hasOffset;
    return { pattern: form.pattern, value: isLocal ? micros : within(micros), local: isLocal };
  });
}

/** The timestamp that a text of the form stands for; NULL for a day that there is not. */
function parsedSql({ strptime, rewrite, days, weekday }: TimeForm, text: string): string {
  const rewritten = rewrite ? replaced(text, rewrite) : text;
  const read = `try_strptime(${rewritten}, ${literal(strptime)})`;
  const shifted = days > 0 ? `(${read} + INTERVAL ${days * 24} HOURS)` : read;
  if (!weekday) return shifted;
  const date = `try_strptime(${replaced(text, weekday.local)}, ${literal(weekday.local.strptime)})`;
  const day = `lower(regexp_extract(${text}, ${literal(weekday.pattern)}, 1))`;
  const shiftedDate = days > 0 ? `(${date} + INTERVAL ${days} DAYS)` : date;
  return `CASE WHEN starts_with(lower(dayname(${shiftedDate})), ${day}) THEN ${shifted} END`;
}

const replaced = (text: string, { pattern, replacement }: { pattern: string; replacement: string }) =>
  `regexp_replace(${list([text, literal(pattern), literal(replacement)])})`;

/** The value of the first reading that gives one. Readings of the same value are one pattern. */
function firstSql(readings: { pattern: string; value: string }[], text: string): string {
  const patterns = new Map<string, string[]>();
  for (const { pattern, value } of readings) patterns.set(value, [...(patterns.get(value) ?? []), pattern]);
  const values = [...patterns].map(
    ([value, all]) => `CASE WHEN regexp_full_match(${text}, ${literal(all.join('|'))}) THEN ${value} END`,
  );
  return values.length > 1 ? `coalesce(${list(values)})` : values[0]!;
}
