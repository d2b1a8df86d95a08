import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { FileRejectedError } from '../../core/errors.ts';
import { LIMITS } from '../../core/validation/limits.ts';
import { column, dataset, failure, query, validate } from './validation.ts';

const folder = await mkdtemp(join(tmpdir(), 'tributary-parquet-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A Parquet file of what a query gives. */
async function parquet(sql: string): Promise<Buffer> {
  const path = join(folder, 'made.parquet');
  await query(`COPY (${sql}) TO '${path}' (FORMAT parquet)`);
  return readFile(path);
}

const typed = dataset({
  columns: [
    column('id', { kind: 'string' }, { required: true }),
    column('n', { kind: 'int' }, { aliases: ['Number'] }),
    column('price', { kind: 'decimal', precision: 12, scale: 2 }, { decimalSeparator: ',', thousandsSeparator: '.' }),
    column('ratio', { kind: 'double' }),
    column('yes', { kind: 'boolean' }),
    column('day', { kind: 'date' }, { formats: ['dd.MM.yyyy'] }),
    column('at', { kind: 'timestamp' }, { timeZone: 'Europe/Berlin' }),
    column('seen', { kind: 'timestamp' }),
  ],
});

const micros = (iso: string, more = 0) => String(BigInt(Date.parse(iso)) * 1000n + BigInt(more));

describe('validateFile reads a Parquet file', () => {
  it('with its own types, whatever the contract says of how texts are written', async () => {
    const content =
      await parquet(`SELECT 'a' AS ID, 7 AS "Number", 1234.50::DECIMAL(10,2) AS price, 1e20::DOUBLE AS ratio,
      true AS yes, DATE '2024-02-29' AS day, TIMESTAMP '2025-07-01 12:00:00.123456' AS at,
      TIMESTAMPTZ '2025-07-01 12:00:00+02' AS seen
      UNION ALL SELECT 'b', NULL, NULL, NULL, NULL, NULL, NULL, NULL`);

    const { rows, counts, profile } = await validate(content, typed);

    expect(counts).toEqual({ in: 2, accepted: 2, rejected: 0, duplicate: 0, superseded: 0 });
    expect(rows[0]).toMatchObject({
      id: 'a',
      n: 7,
      price: '1234.50',
      ratio: 1e20,
      yes: true,
      day: '2024-02-29',
      at: micros('2025-07-01T10:00:00Z', 123456),
      seen: micros('2025-07-01T10:00:00Z'),
      meta_record: 1,
    });
    expect(rows[1]).toMatchObject({ id: 'b', n: null, price: null, at: null });
    expect(profile.format).toBe('parquet');
  });

  it('to the same rows as the CSV and JSON of the same values', async () => {
    const of = dataset();
    const content = await parquet(`SELECT 'a' AS id, 1.5::DECIMAL(4,2) AS amount, 'x' AS note, 3 AS extra`);

    const fromParquet = await validate(content, of);
    const fromCsv = await validate('id,amount,note,extra\na,1.5,x,3\n', of);

    expect(fromParquet.rows).toEqual(fromCsv.rows);
    expect(fromParquet.profile.unknown_columns).toEqual(['extra']);
  });

  it('and rejects the rows that break a rule, with the row as JSON', async () => {
    const content =
      await parquet(`SELECT * FROM (VALUES ('a', 5, 'fine'), (NULL, 6, 'no id'), ('c' || chr(0), 7, 'nul'),
      ('d', 8, 'fine'), ('d', 8, 'fine')) AS rows(id, amount, note)`);

    const { rejects, counts } = await validate(content);

    expect(counts).toEqual({ in: 5, accepted: 2, rejected: 2, duplicate: 1, superseded: 0 });
    expect(rejects.map(({ record, line, raw }) => ({ record, line, raw: JSON.parse(raw) }))).toEqual([
      { record: 2, line: null, raw: { id: null, amount: 6, note: 'no id' } },
      { record: 3, line: null, raw: { id: 'c\0', amount: 7, note: 'nul' } },
    ]);
    expect(rejects.map(({ reasons }) => reasons.map(({ column_name, rule }) => `${column_name}.${rule}`))).toEqual([
      ['id.required'],
      ['id.invalid_character'],
    ]);
  });

  it('with fractions that have no digit before the point', async () => {
    const of = dataset({
      columns: [column('id', { kind: 'string' }), column('amount', { kind: 'decimal', precision: 3, scale: 3 })],
    });
    const content = await parquet(`SELECT 'a' AS id, '-0.25'::DECIMAL(3,3) AS amount, '0.5'::DECIMAL(1,1) AS extra`);

    const { rows } = await validate(content, of);

    expect(rows).toMatchObject([{ amount: '-0.250', meta_rescued: '{"extra":"0.5"}' }]);
  });

  it('with doubles of any size for exact numbers', async () => {
    const content = await parquet(`SELECT x::VARCHAR AS id, x AS amount, x AS n
      FROM (VALUES (1e-5), (-1.25e-7), (0.1), (1e16), (-2.5e19), ('nan'::DOUBLE)) AS rows(x)`);
    const of = dataset({
      columns: [
        column('id', { kind: 'string' }),
        column('amount', { kind: 'decimal', precision: 38, scale: 9 }),
        column('n', { kind: 'bigint' }, { required: true, warnings: ['required'] }),
      ],
    });

    const { rows } = await validate(content, { ...of, columns: of.columns.slice(0, 2) });
    const { rejects } = await validate(content, of);

    expect(rows.map(({ amount }) => amount)).toEqual([
      '0.000010000',
      '-0.000000125',
      '0.100000000',
      '10000000000000000.000000000',
      '-25000000000000000000.000000000',
    ]);
    expect(rejects.map(({ reasons }) => reasons.map(({ column_name, value }) => `${column_name} ${value}`))).toEqual([
      ['n 0.00001'],
      ['n -0.000000125'],
      ['n 0.1'],
      ['n -25000000000000000000'],
      ['amount nan', 'n nan'],
    ]);
  });

  it('and rejects bytes that are no text in a column of the contract, and keeps them elsewhere', async () => {
    const content = await parquet(`SELECT id::BLOB AS id, extra::BLOB AS extra
      FROM (VALUES ('\\xFFa', 'x'), ('\\xC3\\xA9', '\\xFF')) AS rows(id, extra)`);

    const { rows, rejects } = await validate(content);

    expect(rows).toMatchObject([{ id: 'é', meta_rescued: '{"extra":"\\\\xFF"}' }]);
    expect(rejects.map(({ record, reasons }) => [record, reasons])).toEqual([
      [
        1,
        [
          expect.objectContaining({
            rule: 'invalid_character',
            message: 'id holds bytes that are not UTF-8, and so no text',
          }),
        ],
      ],
    ]);
  });

  it('and nothing else, in a folder that is named like a column of a Hive table', async () => {
    const workDir = join(folder, 'id=z', 'amount=5');
    const content = await parquet(`SELECT 'a' AS id, 1 AS amount UNION ALL SELECT NULL, 2 UNION ALL SELECT 'c', 3`);

    const { counts, profile, reasons } = await validate(content, dataset(), { workDir });

    expect([counts.accepted, reasons, profile.columns.amount!.max]).toEqual([2, { 'id.required': 1 }, '3.00']);
  });

  it('to the same texts in whatever zone the machine is', async () => {
    const program = `import { openDuckDb } from './engine/duckdb.ts';
      const db = await openDuckDb({ memoryLimitMb: 100, threads: 1, tempDirectory: ${JSON.stringify(folder)} });
      const [row] = await db.rows("SELECT to_json(['2024-01-01 00:00:00+05'::TIMESTAMPTZ])::VARCHAR AS text");
      console.log(row.text);`;
    const env = { ...process.env, TZ: 'Asia/Tokyo', NODE_OPTIONS: '' };

    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env });

    expect(stdout).toBe('["2023-12-31 19:00:00+00"]\n');
  });

  it('with days where the contract wants times, and midnights where it wants days', async () => {
    const content = await parquet(`SELECT * FROM (VALUES
      ('a', TIMESTAMP '2025-01-31', DATE '2025-01-31'),
      ('b', TIMESTAMP '2025-01-31 00:00:01', DATE '2025-02-01')) AS rows(id, day, seen)`);

    const { rows, rejects } = await validate(content, typed);

    expect(rows).toMatchObject([{ id: 'a', day: '2025-01-31', seen: micros('2025-01-31T00:00:00Z') }]);
    expect(rejects).toMatchObject([
      { record: 2, reasons: [{ column_name: 'day', rule: 'type', value: '2025-01-31 00:00:01' }] },
    ]);
  });

  it('and rejects a row with a text beyond the limit', async () => {
    const content = await parquet(
      `SELECT 'a' AS id, repeat('x', 1001) AS note UNION ALL SELECT 'b', repeat('x', 1000)`,
    );

    const { rejects, rows } = await validate(content, dataset(), { limits: { ...LIMITS, record: 1000 } });

    expect(rows).toMatchObject([{ id: 'b' }]);
    expect(rejects).toMatchObject([{ reasons: [{ column_name: 'note', rule: 'record_too_long' }] }]);
  });

  it('with texts in the formats of the contract', async () => {
    const content = await parquet(`SELECT 'a' AS id, '1.234,50' AS price, '29.02.2024' AS day`);

    const { rows } = await validate(content, typed);

    expect(rows).toMatchObject([{ price: '1234.50', day: '2024-02-29' }]);
  });
});

describe('validateFile refuses a Parquet file', () => {
  it('without a required column, with nested values, without rows, or damaged', async () => {
    const whole = await parquet(`SELECT range::VARCHAR AS id, md5(range::VARCHAR) AS note FROM range(20000)`);
    const broken = Buffer.from(whole);
    broken.fill(0xff, 1000, 30_000);

    const twice = ['id', 'ID'].map((name) => ({ name, data: ['a'], type: 'STRING' as const }));

    const errors = [
      await failure(validate(await parquet('SELECT 1 AS other'))),
      await failure(validate(await parquet(`SELECT ['a'] AS id`))),
      await failure(validate(await parquet(`SELECT 'a' AS id WHERE false`))),
      await failure(validate(whole.subarray(0, whole.length - 100))),
      await failure(validate(broken)),
      await failure(validate(await parquet(`SELECT 'a' AS id, 1 AS File_Row_Number`))),
      await failure(validate(new Uint8Array(parquetWriteBuffer({ columnData: twice })))),
    ];

    for (const error of errors) expect(error).toBeInstanceOf(FileRejectedError);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('required column missing: id'),
      expect.stringContaining('the column "id" holds nested values (VARCHAR[]); id must be a string'),
      expect.stringContaining('columns but no rows'),
      expect.stringContaining('the Parquet file can not be read'),
      expect.stringContaining('the Parquet file can not be read'),
      expect.stringContaining('a column file_row_number'),
      expect.stringContaining('the column "ID" is in the header twice'),
    ]);
  });
});
