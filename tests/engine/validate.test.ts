import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { FileRejectedError, InvalidInputError } from '../../core/errors.ts';
import { column, dataset, failure, validate } from './validation.ts';

const rulesOf = (reasons: { column_name: string | null; rule: string }[]) =>
  reasons.map(({ column_name, rule }) => `${column_name ?? ''}:${rule}`);

describe('validateFile writes accepted rows', () => {
  it('in the order of the columns that staging expects, typed, with their lineage', async () => {
    const of = dataset({
      columns: [
        column('id', { kind: 'string' }, { required: true }),
        column('n', { kind: 'int' }),
        column('big', { kind: 'bigint' }),
        column('price', { kind: 'decimal', precision: 12, scale: 2 }),
        column('ratio', { kind: 'double' }),
        column('yes', { kind: 'boolean' }),
        column('day', { kind: 'date' }),
        column('at', { kind: 'timestamp' }),
      ],
      versionColumns: ['at'],
      deletedColumn: 'yes',
    });
    const csv = `id,n,big,price,ratio,yes,day,at
a,-7,9223372036854775807,1234567890.5,1.5e3,TRUE,2024-02-29,2025-03-30T02:30:00.123456+02:00
b,,,,,,,
`;

    const { rows, counts } = await validate(csv, of);

    expect(counts).toEqual({ in: 2, accepted: 2, rejected: 0, duplicate: 0, superseded: 0 });
    expect(Object.keys(rows[0]!)).toEqual([
      ...of.columns.map(({ name }) => name),
      'meta_version',
      'meta_deleted',
      'meta_file_id',
      'meta_record',
      'meta_row_hash',
      'meta_warnings',
      'meta_rescued',
    ]);
    expect(rows[0]).toMatchObject({
      n: -7,
      big: '9223372036854775807',
      price: '1234567890.50',
      ratio: 1500,
      yes: true,
      day: '2024-02-29',
      at: String(BigInt(Date.parse('2025-03-30T00:30:00Z')) * 1000n + 123456n),
      meta_deleted: true,
      meta_file_id: 'f1',
      meta_record: 1,
      meta_rescued: null,
    });
    expect(rows[0]!.meta_version).toMatch(/^\d{18}\|001735689600123$/);
    expect(rows[0]!.meta_row_hash).toMatch(/^[0-9a-f]{32}$/);
    expect(rows[1]).toMatchObject({ n: null, price: null, at: null, meta_deleted: false });
    expect(rows[1]!.meta_version).toMatch(/^-\|/);
  });

  it('from a header in another order, another case, with aliases, and without an optional column', async () => {
    const of = dataset({
      columns: [
        column('id', { kind: 'string' }, { required: true, aliases: ['Thing No'] }),
        column('amount', { kind: 'int' }),
        column('note', { kind: 'string' }),
      ],
    });

    const { rows } = await validate('AMOUNT,thing no\n5,a\n', of);

    expect(rows).toMatchObject([{ id: 'a', amount: 5, note: null }]);
  });

  it('keeping what the contract does not know as JSON, the same whatever the order of the columns', async () => {
    const csv = await validate('zeta,id,"al""pha"\n"x, ""y""",a,\n1,b,2\n,c,\n');
    const json = await validate('{"al\\"pha":"2","id":"b","zeta":"1"}\n{"id":"c","zeta":null,"nested":{"a":[1.10]}}\n');

    expect(csv.rows.map((row) => row.meta_rescued)).toEqual([
      '{"zeta":"x, \\"y\\""}',
      '{"al\\"pha":"2","zeta":"1"}',
      null,
    ]);
    expect(json.rows.map((row) => row.meta_rescued)).toEqual([
      '{"al\\"pha":"2","zeta":"1"}',
      '{"nested":{"a":[1.10]}}',
    ]);
    expect(json.rows[0]!.meta_row_hash).toBe(csv.rows[1]!.meta_row_hash);
  });

  it('with the same hash for the same values however they are written, and when a column is added later', async () => {
    const later = dataset({ columns: [...dataset().columns, column('extra', { kind: 'string' })] });

    const first = await validate('id,amount,note\na,1.5,\n');
    const other = await validate('{"note":null,"amount":1.50,"id":"a"}\n');
    const added = await validate('id,amount,extra\na,+01.500,\n', later);

    expect(other.rows[0]!.meta_row_hash).toBe(first.rows[0]!.meta_row_hash);
    expect(added.rows[0]!.meta_row_hash).toBe(first.rows[0]!.meta_row_hash);
  });

  it('with different hashes when a text poses as another column', async () => {
    const { rows } = await validate('id,amount,note\na,,x\n"anote=x",,\n"a\u001fnote=x",,\n');

    expect(new Set(rows.map((row) => row.meta_row_hash)).size).toBe(3);
  });

  it('exactly: no digit of a JSON number is lost', async () => {
    const of = dataset({
      columns: [column('id', { kind: 'string' }), column('amount', { kind: 'decimal', precision: 38, scale: 4 })],
    });

    const { rows } = await validate(
      '{"id":"a","amount":1234567890123456789012345678901234.5678}\n{"id":12345678901234567890}\n',
      of,
    );

    expect(rows).toMatchObject([{ amount: '1234567890123456789012345678901234.5678' }, { id: '12345678901234567890' }]);
  });
});

describe('validateFile rejects rows', () => {
  it('with every reason, the value, the line and the text as it was', async () => {
    const of = dataset({
      columns: [
        column('id', { kind: 'string' }, { required: true, pattern: '^[a-z]+$', maxLength: 3 }),
        column('amount', { kind: 'decimal', precision: 5, scale: 2 }, { minimum: '1', maximum: '10' }),
        column('note', { kind: 'string' }, { enum: ['x', 'y'] }),
      ],
    });
    const csv = 'id,amount,note\r\nok,1,x\n"LONG\nER",0.5,"z"\r\n\r\n,11,y\nab,1.001,x\n';

    const { rejects, reasons, counts } = await validate(csv, of);

    expect(counts).toMatchObject({ in: 4, accepted: 1, rejected: 3 });
    expect(rejects.map(({ record, line, raw }) => ({ record, line, raw }))).toEqual([
      { record: 2, line: 3, raw: '"LONG\nER",0.5,"z"' },
      { record: 3, line: 6, raw: ',11,y' },
      { record: 4, line: 7, raw: 'ab,1.001,x' },
    ]);
    expect(rejects.map((row) => rulesOf(row.reasons))).toEqual([
      ['id:pattern', 'id:max_length', 'amount:minimum', 'note:enum'],
      ['id:required', 'amount:maximum'],
      ['amount:type'],
    ]);
    expect(rejects[1]!.reasons).toEqual([
      { column_name: 'id', rule: 'required', value: null, message: 'id is required and is missing or empty' },
      { column_name: 'amount', rule: 'maximum', value: '11', message: 'amount must be at most 10, found "11"' },
    ]);
    expect(reasons).toMatchObject({ 'amount.type': 1, 'amount.minimum': 1, 'note.enum': 1 });
  });

  it.each([
    [
      'int',
      { kind: 'int' } as const,
      ['1', '-1', '+1', '007', '17850.0', '2147483647'],
      [' 1 ', '1.5', '1e3', '1_000', '0x10', '1,000', '2147483648', '٣', '1.', '.0'],
    ],
    [
      'bigint',
      { kind: 'bigint' } as const,
      ['9223372036854775807', '9007199254740993.0'],
      ['9223372036854775808', 'NaN', ''],
    ],
    [
      'decimal',
      { kind: 'decimal', precision: 5, scale: 2 } as const,
      ['123.45', '123.4500', '00123', '-0.01'],
      ['1234', '1.234', '1e1', '.5', '1,5', 'inf'],
    ],
    ['double', { kind: 'double' } as const, ['1', '1.5', '1e300', '-2E-3'], ['1e999', 'NaN', 'inf', '0x1', '1.', '1d']],
    ['boolean', { kind: 'boolean' } as const, ['true', 'False'], ['1', 'yes', 't']],
    [
      'date',
      { kind: 'date' } as const,
      ['2024-02-29', '0001-01-01', '9999-12-31'],
      ['2025-02-29', '2025-1-1', '2025-01-01T00:00:00', 'epoch', '0000-01-01', '2025-01-01 (BC)', '20250101'],
    ],
    [
      'timestamp',
      { kind: 'timestamp' } as const,
      [
        '2025-01-01 08:26:00',
        '2025-01-01T08:26:00Z',
        '2025-01-01T08:26:00.123456+05:30',
        '0001-01-01T00:00:00Z',
        '0001-01-01T05:00:00+05:00',
        '9999-12-31T23:59:59.999999Z',
        '9999-12-31T18:59:59.999999-05:00',
      ],
      [
        '2025-01-01',
        '2025-01-01T24:00:00Z',
        '2025-01-01T08:26Z',
        'epoch',
        'now',
        '2025-01-01T08:26:00 Europe/Berlin',
        '2025-13-01T00:00:00Z',
        '2025-01-01T08:26:00.1234567Z',
        '2025-01-01T08:26:60Z',
        '0000-12-31T23:59:59Z',
        '0000-12-31T23:59:59-05:00',
        '0001-01-01T00:00:00+05:00',
        '0001-01-01T04:59:59.999999+05:00',
        '9999-12-31T23:59:59-05:00',
        '9999-12-31T19:00:00-05:00',
      ],
    ],
  ])('takes for %s exactly what is one', async (_, type, sound, broken) => {
    const of = dataset({ columns: [column('id', { kind: 'string' }), column('value', type, { required: true })] });
    const csv = ['id,value', ...[...sound, ...broken].map((value, index) => `k${index},"${value}"`)].join('\n');

    const { rows, rejects } = await validate(csv, of);

    expect(rows.map((row) => row.meta_record)).toEqual(sound.map((_, index) => index + 1));
    expect(rejects.map((row) => row.reasons[0]!.value ?? '')).toEqual(broken);
  });

  it('with a time that an offset takes beyond the years 0001 to 9999, saying so', async () => {
    const of = dataset({
      columns: [
        column('id', { kind: 'string' }, { required: true }),
        column('at', { kind: 'timestamp' }),
        column('day', { kind: 'date' }),
      ],
    });

    const { rejects } = await validate('id,at,day\na,9999-12-31T23:59:59-05:00,\nb,,0000-12-31\n', of);

    expect(rejects.flatMap(({ reasons }) => reasons)).toEqual([
      {
        column_name: 'at',
        rule: 'type',
        value: '9999-12-31T23:59:59-05:00',
        message:
          'at must be a time like 2025-01-31T23:59:59Z, of the years 0001 to 9999 in UTC, found "9999-12-31T23:59:59-05:00"',
      },
      {
        column_name: 'day',
        rule: 'type',
        value: '0000-12-31',
        message: 'day must be a date like 2025-01-31, of the years 0001 to 9999, found "0000-12-31"',
      },
    ]);
  });

  it('alone when their structure is damaged, with the bytes that are no text shown', async () => {
    const csv = Buffer.concat([
      Buffer.from('id,amount,note\na,1,ok\nb,1\nc,1,x,\nd,1,"never closed\ne,1,"x"y\n'),
      Buffer.from('f,1,caf\xe9\n', 'latin1'),
      Buffer.from('g,1,n\0l\nh,2,"ok ""quoted"", é"\n'),
    ]);

    const { rows, rejects, counts } = await validate(csv);

    expect(counts).toEqual({ in: 8, accepted: 2, rejected: 6, duplicate: 0, superseded: 0 });
    expect(rows.map((row) => row.note)).toEqual(['ok', 'ok "quoted", é']);
    expect(rejects.map(({ line, raw, reasons }) => [line, raw, rulesOf(reasons).join()])).toEqual([
      [3, 'b,1', ':too_few_fields'],
      [4, 'c,1,x,', ':too_many_fields'],
      [5, 'd,1,"never closed', ':text_after_closing_quote'],
      [6, 'e,1,"x"y', ':text_after_closing_quote'],
      [7, 'f,1,caf\\xE9', ':invalid_utf8'],
      [8, 'g,1,n\\x00l', ':nul_byte'],
    ]);
  });

  it('of JSON lines for what is not one object, and for what a column can not hold', async () => {
    const lines = [
      '{"id":"a","amount":1.1,"note":"x\\ny"}',
      '[1,]',
      '{"id":"b",}',
      '{"id":NaN}',
      '{"id":"c","note":{"a":1}}',
      '{"id":"d","note":"\\u0000"}',
      '{"id":"e","note":"\\ud800"}',
      '{"id":"f","ID":"g"}',
      'null',
      '',
      '{"id":"h","amount":"12"} ',
      '{"id":true,"amount":[1]}',
    ];

    const { rows, rejects } = await validate(lines.join('\r\n'));

    expect(rows).toMatchObject([
      { id: 'a', amount: '1.10', note: 'x\ny' },
      { id: 'h', amount: '12.00', meta_record: 10 },
    ]);
    expect(rejects.map(({ line, raw, reasons }) => [line, raw === lines[line - 1], rulesOf(reasons).join()])).toEqual([
      [2, true, ':invalid_json'],
      [3, true, ':invalid_json'],
      [4, true, ':invalid_json'],
      [5, true, 'note:type'],
      [6, true, 'note:invalid_character'],
      [7, true, 'note:invalid_character'],
      [8, true, 'id:duplicate_key'],
      [9, true, ':not_an_object'],
      [12, true, 'amount:type'],
    ]);
  });

  it('of JSON lines with unknown keys when the contract rejects drift', async () => {
    const { counts, rejects } = await validate('{"id":"a"}\n{"id":"b","new":1}\n', dataset({ drift: 'reject' }));

    expect(counts).toMatchObject({ accepted: 1, rejected: 1 });
    expect(rejects[0]!.reasons).toEqual([
      {
        column_name: 'new',
        rule: 'unknown_column',
        value: '1',
        message: 'the contract knows no column "new" and rejects unknown ones',
      },
    ]);
  });

  it('longer than the limit, and goes on after them', async () => {
    const long = `b,1,${'x'.repeat(5000)}`;

    const { rows, rejects } = await validate(`id,amount,note\na,1,x\n${long}\nc,1,x\n`, dataset(), {
      limits: { record: 1000, file: 1e9, ratio: 100, ratioFrom: 1e9 },
    });

    expect(rows.map((row) => row.id)).toEqual(['a', 'c']);
    expect(rejects).toMatchObject([{ record: 2, line: 3, raw: long, reasons: [{ rule: 'record_too_long' }] }]);
  });
});

describe('validateFile settles duplicates within the file', () => {
  const of = dataset({
    columns: [
      column('id', { kind: 'string' }, { required: true }),
      column('seq', { kind: 'int' }),
      column('note', { kind: 'string' }),
    ],
    versionColumns: ['seq'],
  });

  it('by version, whatever the order of the rows', async () => {
    const rows = ['a,10,new', 'a,9,old', 'a,9,old', 'a,-3,older', 'a,,none', 'a,10,new', 'b,1,only'];

    const forward = await validate(['id,seq,note', ...rows].join('\n'), of);
    const backward = await validate(['id,seq,note', ...rows.reverse()].join('\n'), of);

    expect(forward.counts).toEqual({ in: 7, accepted: 2, rejected: 0, duplicate: 2, superseded: 3 });
    expect(backward.counts).toEqual(forward.counts);
    const kept = (outcome: typeof forward) =>
      outcome.rows.map(({ id, seq, note, meta_version }) => ({ id, seq, note, meta_version }));
    expect(kept(backward).reverse()).toEqual(kept(forward));
    expect(kept(forward)[0]).toMatchObject({ id: 'a', seq: 10, note: 'new' });
  });

  it.each([
    ['int', { kind: 'int' } as const, ['', '-2147483648', '-10', '-9', '0', '9', '10', '2147483647']],
    ['bigint', { kind: 'bigint' } as const, ['', '-9223372036854775808', '-1', '5', '9223372036854775807']],
    [
      'decimal',
      { kind: 'decimal', precision: 37, scale: 2 } as const,
      ['', '-99999999999999999999999999999999999.99', '-0.05', '0.00', '0.1', '99999999999999999999999999999999999.99'],
    ],
    ['date', { kind: 'date' } as const, ['', '0001-01-01', '1969-12-31', '2025-01-01', '9999-12-31']],
    [
      'timestamp',
      { kind: 'timestamp' } as const,
      [
        '',
        '0001-01-01T00:00:00Z',
        '1969-12-31T23:59:59.999999Z',
        '2025-01-01T00:00:00Z',
        '2025-01-01T00:00:00.000001Z',
        '9999-12-31T23:59:59Z',
      ],
    ],
  ])('so that versions of type %s sort as text as their values do', async (_, type, ascending) => {
    const versions = dataset({ columns: [column('id', { kind: 'string' }), column('v', type)], versionColumns: ['v'] });

    const { rows } = await validate(
      ['id,v', ...ascending.map((value, index) => `k${index},${value}`)].join('\n'),
      versions,
    );

    const texts = rows.map((row) => row.meta_version as string);
    expect(texts).toHaveLength(ascending.length);
    expect([...texts].sort()).toEqual(texts);
    expect(new Set(texts.map((text) => text.split('|')[0]!.length)).size).toBeLessThanOrEqual(2);
  });

  it('not at all where rows have no key: repeats are occurrences', async () => {
    const unkeyed = dataset({ key: [], history: 'append' });

    const { rows, counts } = await validate('id,amount,note\na,1,x\nb,1,x\na,1.0,x\na,1,x\n', unkeyed);

    expect(counts).toEqual({ in: 4, accepted: 4, rejected: 0, duplicate: 0, superseded: 0 });
    const hash = rows[0]!.meta_row_hash;
    expect(rows.map((row) => [row.meta_row_hash, Number(row.meta_occurrence)])).toEqual([
      [hash, 1],
      [rows[1]!.meta_row_hash, 1],
      [hash, 2],
      [hash, 3],
    ]);
  });
});

describe('validateFile reports', () => {
  it('the partitions that the accepted rows touch, sorted, and a profile that hides personal data', async () => {
    const of = dataset({
      columns: [
        column('id', { kind: 'string' }, { required: true, pii: true }),
        column('at', { kind: 'timestamp' }, { required: true }),
      ],
      partition: { column: 'at', transform: 'day' },
    });
    const csv =
      'id,at\nann,2025-02-01T23:30:00-01:00\nbob,2025-01-31T00:00:00Z\ncid,2025-02-02 12:00:00\n,2024-01-01T00:00:00Z\n';

    const { partitions, profile } = await validate(csv, of);

    expect(partitions).toEqual(['2025-01-31', '2025-02-02']);
    expect(profile.partitions).toEqual([
      { partition: '2025-01-31', rows: 1 },
      { partition: '2025-02-02', rows: 2 },
    ]);
    expect(profile.columns.id).toEqual({ nulls: 0, distinct: 3, min: null, max: null });
    expect(profile.columns.at).toMatchObject({
      min: '2025-01-31T00:00:00.000000Z',
      max: '2025-02-02T12:00:00.000000Z',
    });
    expect(profile).toMatchObject({
      dataset: 'things',
      counts: { in: 4, rejected: 1 },
      rejected_percent: 25,
      format: 'csv',
    });
  });

  it('the same for plain and gzip files, at any chunk size', async () => {
    const csv = `id,amount,note\n${Array.from({ length: 500 }, (_, index) => `k${index},${index},"line\n${index}"`).join('\r\n')}`;

    const plain = await validate(csv);
    const zipped = await validate(gzipSync(csv), dataset(), { chunk: 7 });

    expect(zipped.rows).toEqual(plain.rows);
    expect(plain.counts.accepted).toBe(500);
    expect(zipped.sourceBytes).toBe(Buffer.byteLength(csv));
  });
});

describe('validateFile refuses a file', () => {
  it.each([
    ['that is empty', '', 'the file is empty (0 bytes)'],
    ['of blank lines', '\r\n\n', 'the file has no records'],
    ['of a header alone', 'id,amount,note\n', 'a header but no rows'],
    [
      'without a required column, naming the header',
      'ID_NO,amount\n1,2\n',
      'required column missing: id. The header found is: ID_NO, amount.',
    ],
    ['with a column twice', 'id,amount,ID\n1,2,3\n', 'the column "ID" is in the header twice'],
    ['with a broken header', '"id,amount\n1,2\n', 'the header is broken'],
    ['that is a PNG', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), 'a PNG image'],
    ['that is HTML', '<!DOCTYPE html><html></html>', 'HTML or XML'],
    ['that is gzip in gzip', gzipSync(gzipSync('id\n1\n')), 'gzip inside of a compressed file'],
  ])('%s', async (_, content, reason) => {
    const error = await failure(validate(content));

    expect(error).toBeInstanceOf(FileRejectedError);
    expect(error.message).toContain(`things.csv: `);
    expect(error.message).toContain(reason);
  });

  it('with unknown columns when the contract rejects drift', async () => {
    const error = await failure(validate('id,new\n1,2\n', dataset({ drift: 'reject' })));

    expect(error.message).toMatch(/knows no column "new".*The header found is: id, new\./);
  });

  it('of broken gzip, saying where', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `k${index},${(index * 7919) % 10007},${index}\n`);
    const zipped = gzipSync(`id,amount,note\n${lines.join('')}`);
    const damaged = Buffer.from(zipped);
    damaged.writeUInt32LE(1, damaged.length - 8);

    const truncated = await failure(validate(zipped.subarray(0, zipped.length / 2)));
    const wrong = await failure(validate(damaged));

    expect(truncated).toBeInstanceOf(FileRejectedError);
    const [, bytes, line] = /breaks off after about (\d+) bytes of decompressed data, in line (\d+)/.exec(
      truncated.message,
    )!;
    expect(Number(bytes)).toBeGreaterThan(50_000);
    expect(Number(line)).toBeGreaterThan(5_000);
    expect(wrong.message).toMatch(/is damaged \(incorrect data check\) after about \d+ bytes.*in line \d+/);
  });

  it('that is larger than the limit, or grows more than any table does', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, 'id,amount\n'));
    const limits = { record: 1e6, file: 1e6, ratio: 20, ratioFrom: 1e5 };

    const large = await failure(validate('id\n'.repeat(400_000), dataset(), { limits }));
    const grown = await failure(validate(bomb, dataset(), { limits: { ...limits, file: 1e9 } }));

    expect(large).toMatchObject({
      name: 'FileRejectedError',
      message: expect.stringContaining('larger than 1000000 bytes'),
    });
    expect(grown).toMatchObject({
      name: 'FileRejectedError',
      message: expect.stringContaining('more than 20 times its size'),
    });
  });

  it('with more rejects than the contract allows, with the result attached', async () => {
    const error = await failure(validate('id,amount\na,1\nb,x\nc,y\n', dataset({ maxRejectPercent: 50 })));

    expect(error.name).toBe('FileRejectedError');
    expect(error.message).toContain('2 of 3 rows (66.67 %) were rejected and the contract allows 50 %: amount.type 2.');
    expect(error.result).toMatchObject({
      counts: { in: 3, accepted: 1, rejected: 2 },
      rejectedPath: expect.any(String),
    });
  });

  it('only for its content: a source that fails passes its own error on', async () => {
    const source = (async function* () {
      yield Buffer.from('id,amount\n');
      throw new Error('connection reset');
    })();

    const error = await failure(validate('', dataset(), { source }));

    expect(error).not.toBeInstanceOf(FileRejectedError);
    expect(error.message).toBe('connection reset');
  });

  it('not when the caller is wrong: a bad time is invalid input', async () => {
    const error = await failure(validate('id\na\n', dataset(), { lastModified: 'yesterday' }));

    expect(error).toBeInstanceOf(InvalidInputError);
  });
});
