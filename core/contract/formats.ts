import type { Options } from './constraints.ts';
import type { Column, ColumnType } from './dataset.ts';
import { type ColumnExtras, placeOfExtra } from './extras.ts';
import type { Path, Source } from './source.ts';
import { isNamedFormat, parseTimeFormat, type TimeToken, timeFormatProblem } from './time-format.ts';

type Formats = Pick<Column, 'formats' | 'timeZone'>;

/** How a column's dates or times are written; reports formats that can not be read, or could be read in two ways. */
export function readFormats(
  column: Pick<Column, 'name' | 'type'>,
  options: Options,
  extras: ColumnExtras | undefined,
  source: Source,
  path: Path,
): Formats {
  const { name, type } = column;
  const list = extras?.formats;
  const listPlace = [...placeOfExtra(source, path, 'formats'), 'value'];
  if (!isTemporal(type)) {
    if (list) source.report(listPlace, `${name}: formats are of dates and times; the column is a ${type.kind}`);
    return {};
  }
  const formatPlace = [...path, 'logicalTypeOptions', 'format'];
  if (list && options.format !== undefined) source.report(formatPlace, `${name}: give format or formats, not both`);
  else if (options.format !== undefined && isNamedFormat(options.format)) {
    source.report(formatPlace, `${name}: ${options.format} is no pattern; give it in the customProperty formats`);
    return {};
  }
  const formats = list ?? (options.format === undefined ? undefined : [options.format]);
  const place = (index: number): Path => (list ? [...listPlace, index] : formatPlace);
  const problems = (formats ?? []).map((format) => timeFormatProblem(format, type.kind));
  for (const [index, reason] of problems.entries()) {
    if (reason) source.report(place(index), `${name}: ${reason}`);
  }
  if (problems.some(Boolean)) return {};
  for (const { index, reason } of ambiguities(formats ?? [], type.kind))
    source.report(place(index), `${name}: ${reason}`);
  return { formats, timeZone: timeZone(name, options, formats, source, path) };
}

function isTemporal(type: ColumnType): type is { kind: 'date' | 'timestamp' } {
  return type.kind === 'date' || type.kind === 'timestamp';
}

function timeZone(
  name: string,
  { defaultTimezone: zone }: Options,
  formats: string[] | undefined,
  source: Source,
  path: Path,
): string | undefined {
  if (zone === undefined) return undefined;
  const say = (reason: string) =>
    source.report([...path, 'logicalTypeOptions', 'defaultTimezone'], `${name}: defaultTimezone ${reason}`);
  const canonical = zoneName(zone);
  if (!canonical) say(`"${zone}" is not a time zone like Europe/Berlin`);
  else if (canonical !== zone && canonical.toLowerCase() === zone.toLowerCase())
    say(`"${zone}" is written ${canonical}`);
  else if (formats?.every(tellsItsZone)) say('is never used: every format tells the zone by itself');
  return canonical === 'UTC' ? undefined : zone;
}

function zoneName(zone: string): string | undefined {
  // Intl takes offsets such as +01:00, too, which have no daylight saving time.
  if (!/^[A-Za-z]/.test(zone)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function tellsItsZone(format: string): boolean {
  if (isNamedFormat(format)) return format !== 'iso';
  return parseTimeFormat(format).some((token) => token.kind === 'field' && token.field === 'offset');
}

const ISO = { date: ['yyyy-MM-dd'], timestamp: ["yyyy-MM-dd'T'HH:mm:ss", 'yyyy-MM-dd HH:mm:ss'] };

/** Formats of which one text can match two with different meanings, as 01/02/2025 does dd/MM/yyyy and MM/dd/yyyy. */
function ambiguities(formats: string[], kind: 'date' | 'timestamp'): { index: number; reason: string }[] {
  const seen = new Map<string, { format: string; meaning: string }>();
  const found: { index: number; reason: string }[] = [];
  for (const [index, format] of formats.entries()) {
    if (formats.indexOf(format) < index) {
      found.push({ index, reason: `the format ${format} is listed twice` });
      continue;
    }
    for (const { shape, meaning } of readings(format, kind)) {
      const other = seen.get(shape);
      if (!other) seen.set(shape, { format, meaning });
      else if (other.meaning !== meaning) {
        const reason = `a text can match both ${other.format} and ${format} and mean two things: keep one of them`;
        found.push({ index, reason });
        break;
      }
    }
  }
  return found;
}

/** What a text in this format looks like, and what its parts mean. Figures alone may also be a count from 1970. */
function readings(format: string, kind: 'date' | 'timestamp'): { shape: string; meaning: string }[] {
  if (isNamedFormat(format) && format !== 'iso') return [{ shape: 'a count', meaning: format }];
  const patterns = format === 'iso' ? ISO[kind] : [format];
  return patterns.flatMap((pattern) => {
    const tokens = parseTimeFormat(pattern);
    const shape = tokens.map(shapeOf).join('');
    const meaning = tokens.flatMap((token) => (token.kind === 'field' ? [token.field] : [])).join(' ');
    return [{ shape, meaning }, ...(/^9+$/.test(shape) ? [{ shape: 'a count', meaning: 'figures' }] : [])];
  });
}

function shapeOf(token: TimeToken): string {
  if (token.kind === 'literal') return token.text.replace(/[0-9]/g, '9');
  const { letters } = token;
  if (letters === 'yyyy') return '9999';
  if (letters.startsWith('S')) return '9'.repeat(letters.length);
  if (/^(?:yy|MM?|dd?|HH?|hh?|mm|ss)$/.test(letters)) return '99';
  return letters;
}
