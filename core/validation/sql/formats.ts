import type { TextFormat } from '../../contract/dataset.ts';
import { literal } from './text.ts';

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HOSTNAME = `(?:${LABEL}[.])*${LABEL}`;
/** A host's name does not end in a number, or it could be an address (RFC 1123, 2.1). */
const ENDS_IN_NUMBER = '(?:.*[.@])?[0-9]+';
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const BYTE = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const IPV4 = `${BYTE}(?:[.]${BYTE}){3}`;
const URI_CHARACTERS = "(?:[A-Za-z0-9._~:/?\\[\\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*";

/** All the ways to write eight groups, of which `::` stands for one or more, and an IPv4 address for the last two. */
function ipv6(): string {
  const group = '[0-9A-Fa-f]{1,4}';
  const last = `(?:${group}:${group}|${IPV4})`;
  const full = `(?:${group}:){6}${last}`;
  const shortened = Array.from({ length: 8 }, (_, before) => {
    const head = before === 0 ? '' : `${group}(?::${group}){${before - 1}}`;
    // Beside `::`, which stands for a group at least, there is room for seven.
    const room = 7 - before;
    const tails = [...(room >= 2 ? [`(?:${group}:){0,${room - 2}}${last}`] : []), ...(room >= 1 ? [group] : [])];
    return `${head}::${tails.length > 0 ? `(?:${tails.join('|')})?` : ''}`;
  });
  return [full, ...shortened].join('|');
}

/** What each format looks like, for RE2 and for JavaScript. */
export const PATTERNS: Record<TextFormat, string> = {
  email: `${ATOM}(?:[.]${ATOM})*@(?:${LABEL}[.])+${LABEL}`,
  uuid: '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}',
  uri: `[A-Za-z][A-Za-z0-9+.-]*:${URI_CHARACTERS}(?:#${URI_CHARACTERS})?`,
  hostname: HOSTNAME,
  ipv4: IPV4,
  ipv6: ipv6(),
};

/** Web addresses name a host (RFC 9110, 4.2). */
const WEB_WITHOUT_HOST = '(?i:https?):(?:[^/].*|/|/[^/].*|//(?:[/?#:@].*)?)?';

/** Of formats that hold the name of a host. */
const LENGTHS: Partial<Record<TextFormat, number>> = { email: 254, hostname: 253 };

/**
 * SQL that is true for a text that is not of the format: an email address as in HTML but with a dot in its domain
 * (RFC 5321: 254 characters at most), a UUID in its usual form, an absolute URI (RFC 3986), a host's name (RFC 1123), an
 * IPv4 address of four decimal numbers, an IPv6 address (RFC 4291) without a zone.
 */
export function notOfFormatSql(format: TextFormat, text: string): string {
  const longest = LENGTHS[format];
  const problems = [
    `NOT regexp_full_match(${text}, ${literal(PATTERNS[format])})`,
    ...(longest ? [`strlen(${text}) > ${longest}`] : []),
    ...(longest ? [`regexp_full_match(${text}, ${literal(ENDS_IN_NUMBER)})`] : []),
    ...(format === 'uri' ? [`regexp_full_match(${text}, ${literal(WEB_WITHOUT_HOST)})`] : []),
  ];
  return problems.length > 1 ? `(${problems.join(' OR ')})` : problems[0]!;
}

export const FORMAT_SENTENCES: Record<TextFormat, string> = {
  email: 'must be an email address like ada@example.com',
  uuid: 'must be a UUID like 123e4567-e89b-12d3-a456-426614174000',
  uri: 'must be a URI with its scheme, like https://example.com/a',
  hostname: 'must be the name of a host like shop.example.com',
  ipv4: 'must be an IPv4 address like 192.0.2.1',
  ipv6: 'must be an IPv6 address like 2001:db8::1',
};
