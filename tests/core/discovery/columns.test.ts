import { describe, expect, it } from '@jest/globals';
import { guessColumn } from '../../../core/discovery/column.ts';
import type { Evidence } from '../../../core/discovery/evidence.ts';
import { columnNames } from '../../../core/discovery/names.ts';

const evidence = (values: Record<string, number> | string[], more: Partial<Evidence> = {}): Evidence => {
  const all = new Map(Array.isArray(values) ? values.map((text) => [text, 1]) : Object.entries(values));
  const rows = [...all.values()].reduce((sum, count) => sum + count, 0);
  return { header: 'x', rows, missing: 0, absentFrom: 0, values: all, ...more };
};
const guess = (name: string, values: Record<string, number> | string[], more: Partial<Evidence> = {}) =>
  guessColumn(evidence(values, more), { name });

describe('a header', () => {
  it.each([
    ['CustomerID', 'customer_id'],
    ['orderTs', 'order_ts'],
    ['HTTPStatus', 'http_status'],
    ['Größe (cm)', 'grosse_cm'],
    ['Prénom', 'prenom'],
    ['  Unit   Price ', 'unit_price'],
    ['2024', 'col_2024'],
    ['date', 'date_field'],
    ['meta_id', 'src_meta_id'],
    ['名前', 'column_1'],
  ])('%s becomes the name %s', (header, name) => {
    expect(columnNames([header])[0]!.name).toBe(name);
  });

  it('that is a good name keeps it; others give way', () => {
    expect(columnNames(['Order ID', 'order_id', 'orderId']).map(({ name }) => name)).toEqual([
      ...['order_id_2', 'order_id', 'order_id_3'],
    ]);
  });
});

describe('the type of a column', () => {
  it.each<[string, string[], object]>([
    ['qty', ['1', '42', '-7'], { type: { kind: 'int' } }],
    ['order_id', ['1', '42'], { type: { kind: 'bigint' } }],
    ['big', ['9999999999'], { type: { kind: 'bigint' } }],
    ['zip', ['12345', '54321'], { type: { kind: 'string' } }],
    ['code', ['00123', '12345'], { type: { kind: 'string' } }],
    ['mobile', ['491701234567'], { type: { kind: 'string' } }],
    ['customer_id', ['17850.0', '13047.0'], { type: { kind: 'bigint' } }],
    ['price', ['10.0', '12.0'], { type: { kind: 'decimal', precision: 11, scale: 1 } }],
    ['price', ['1.50', '999.99'], { type: { kind: 'decimal', precision: 12, scale: 2 } }],
    ['price', ['1,50', '1.999,99'], { decimalSeparator: ',', thousandsSeparator: '.' }],
    ['price', ["1'000.50"], { thousandsSeparator: "'" }],
    ['ratio', ['0.30000000000000004'], { type: { kind: 'double' } }],
    ['rate', ['1e-3', '2.5'], { type: { kind: 'double' } }],
    ['wei', ['123456789012345678901234567890'], { type: { kind: 'decimal', precision: 38, scale: 0 } }],
    ['is_active', ['1', '0'], { type: { kind: 'boolean' }, valueAliases: { true: ['1'], false: ['0'] } }],
    ['flags', ['1', '0'], { type: { kind: 'int' } }],
    ['member', ['Y', 'N', 'y'], { type: { kind: 'boolean' }, valueAliases: { true: ['Y', 'y'], false: ['N'] } }],
    ['is_ok', ['yes', 'FALSE', '1'], { type: { kind: 'boolean' }, valueAliases: { true: ['1', 'yes'] } }],
    ['is_ok', ['y', 'true'], { valueAliases: { true: ['y'] } }],
    ['created_at', ['1767225600', '1767225601'], { type: { kind: 'timestamp' }, formats: ['epoch_seconds'] }],
    ['event_ts', ['1767225600000'], { type: { kind: 'timestamp' }, formats: ['epoch_milliseconds'] }],
    ['day', ['20260131', '20251224'], { type: { kind: 'date' }, formats: ['yyyyMMdd'] }],
    ['day', ['31.12.2025', '1.2.2025'], { type: { kind: 'date' }, formats: ['d.M.yyyy'] }],
    ['day', ['12/31/2025'], { type: { kind: 'date' }, formats: ['MM/dd/yyyy'] }],
    ['day', ['2026-02-30'], { type: { kind: 'string' } }],
    ['at', ['12/1/2010 8:26', '12/13/2010 10:02'], { formats: ['M/d/yyyy H:mm'] }],
    ['at', ['1/31/2025 8:26 PM'], { formats: ['M/d/yyyy h:mm a'] }],
    ['at', ['Sat, 31 Jan 2026 10:00:00 GMT'], { formats: ["EEE, dd MMM yyyy HH:mm:ss 'GMT'"] }],
    ['at', ['2026-01-31T10:00:00+0100'], { formats: ["yyyy-MM-dd'T'HH:mm:ssXX"] }],
    ['at', ['2026-01-31T10:00:00Z', '2026-01-31 10:00:00.123'], { type: { kind: 'timestamp' }, formats: undefined }],
  ])('%s of %j is found', (name, values, expected) => {
    expect(guess(name, values)).toMatchObject(expected);
  });

  it('is told with the order of day and month, if both fit, for a person to decide', () => {
    expect(guess('day', ['03/04/2025', '05/06/2025']).todos).toEqual([
      'day or month first? Every value fits both dd/MM/yyyy and MM/dd/yyyy',
    ]);
    expect(guess('day', ['03/04/2025', '15/06/2025']).todos).toEqual([]);
  });

  it('leaves out spellings of a missing value, which make it optional', () => {
    const column = guess('qty', { '5': 40, 'N/A': 3, '-': 1 }, { missing: 6, rows: 50 });

    expect(column).toMatchObject({ type: { kind: 'int' }, nulls: ['-', 'N/A'], required: false });
    expect(column.notes[0]).toBe('20 % missing, some written "-", "N/A"; 1 distinct value');
  });

  it('of texts takes neither NA nor None for missing', () => {
    expect(guess('country', ['NA', 'DE', 'None']).nulls).toEqual([]);
  });

  it('is a string where a few values do not fit, and says which', () => {
    const values = Object.fromEntries(Array.from({ length: 99 }, (_, n) => [String(n + 1), 1]));

    const column = guess('qty', { ...values, 'a dozen': 1 });

    expect(column.type.kind).toBe('string');
    expect(column.notes.join()).toContain('99 % are whole numbers, but 1 is not ("a dozen")');
  });

  it('is a string where amounts carry their currency, with the way to make them numbers', () => {
    const { type, notes } = guess('amount', ['EUR 120.50', '€9', '7.00', '-3 USD']);

    expect(type.kind).toBe('string');
    expect(notes).toContain(
      'amounts with their currency ("EUR 120.50", "€9", "-3 USD"): numbers, if money names the column of the currency',
    );
  });

  it('is read without the white space around its values', () => {
    expect(guess('qty', [' 1', '2 '])).toMatchObject({ type: { kind: 'int' }, trim: true });
  });
});

describe('the values of a text column', () => {
  const ids = (make: (n: number) => string) => Array.from({ length: 30 }, (_, n) => make(n));

  it.each<[string, string[], string | undefined]>([
    ['order_id', ids((n) => `O-${String(n).padStart(6, '0')}`), '^O-[0-9]{6}$'],
    ['order_id', ids((n) => `O-${n + 1}`), '^O-[0-9]+$'],
    ['order_no', ids((n) => `2026/${n + 100}`), '^[0-9]{4,}/[0-9]{3,}$'],
    ['batch_id', ids((n) => `B7A-${(n * 7919).toString(16).padStart(6, '0')}`), '^[0-9A-Z]{3}-[0-9a-z]{6}$'],
    ['order_id', ids((n) => (n === 3 ? 'unknown!' : `O-${n}`)), undefined],
    ['name', ids((n) => `N-${n}`), undefined],
  ])('%s have a pattern if they are like identifiers', (name, values, pattern) => {
    expect(guess(name, values).pattern).toBe(pattern);
  });

  it.each<[string, string, boolean]>([
    ['123e4567-e89b-12d3-a456-426614174000', 'uuid', false],
    ['ada@example.com', 'email', true],
    ['https://example.com/a?b=1', 'uri', true],
    ['192.0.2.1', 'ipv4', true],
    ['2001:db8::1', 'ipv6', true],
  ])('%s have a format', (value, format, warns) => {
    expect(guess('x', [value])).toMatchObject({ format, warnOnly: warns ? ['format'] : undefined });
  });

  it('are an enumeration if a few come again and again, and its rare ones are doubted', () => {
    const column = guess('status', { paid: 600, open: 390, PAID: 5 });

    expect(column.enum).toEqual(['PAID', 'open', 'paid']);
    expect(column.notes.join()).toContain('less than 1 % of the rows have "PAID"');
  });

  it.each<[string, string, Record<string, number>]>([
    ['there are few rows', 'status', { a: 3, b: 3 }],
    ['one came once', 'status', { a: 50, b: 50, c: 1 }],
    ['new ones come all the time', 'city', { Bonn: 50, Ulm: 50 }],
    ['they are of people', 'first_name', { Ada: 50, Bob: 50 }],
  ])('are none where %s', (_, name, values) => {
    expect(guess(name, values).enum).toBeUndefined();
  });
});

describe('personal data', () => {
  it.each<[string, string[], string | undefined]>([
    ['contact', ['ada@example.com'], 'email addresses'],
    ['e_mail', ['x'], 'email addresses'],
    ['remark', ['call ada@example.com', 'nothing'], 'email addresses'],
    ['phone_number', ['5551234'], 'phone numbers'],
    ['value', ['+49 170 1234567', '+1 (555) 123-4567'], 'phone numbers'],
    ['last_name', ['Lovelace'], 'names of people'],
    ['product_name', ['Lamp'], undefined],
    ['street', ['Main St 1'], 'addresses'],
    ['web_address', ['x'], undefined],
    ['account', ['DE89 3704 0044 0532 0130 00'], 'bank accounts'],
    ['account', ['DE00 3704 0044 0532 0130 00'], undefined],
    ['paid_with', ['4111111111111111', '5500005555555559', '4012888888881881'], 'card numbers'],
    ['paid_with', ['4111111111111112', '5500005555555558', '4012888888881882'], undefined],
    ['number', ['123-45-6789'], 'national or tax ids'],
    ['source', ['192.0.2.1', '2001:db8::1'], 'network addresses'],
    ['date_of_birth', ['1990-01-01'], 'dates of birth'],
    ['version', ['1.2.3.4567'], undefined],
  ])('%s with %j', (name, values, what) => {
    expect(guess(name, values).personal?.what).toBe(what);
  });

  it('is never in a note', () => {
    const columns = [guess('e_mail', ['ada@example.com', 'n/a']), guess('dob', ['1990-01-01', '1991-01-01'])];

    expect(columns.flatMap(({ notes }) => notes).join()).not.toMatch(/ada|199/);
  });
});
