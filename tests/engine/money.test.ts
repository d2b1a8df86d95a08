import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { column, dataset, failure, query, validate } from './validation.ts';

const of = dataset({
  columns: [
    column('id', { kind: 'string' }, { required: true }),
    column(
      'price',
      { kind: 'decimal', precision: 12, scale: 2 },
      { money: { currency: 'currency', symbols: { $: 'USD' } }, minimum: '0' },
    ),
    column('currency', { kind: 'string' }, { required: true, filledBy: ['price'], enum: ['EUR', 'USD'] }),
  ],
  rowRules: [
    {
      name: 'cheap_in_euro',
      expression: "currency <> 'EUR' or price < 100",
      columns: ['currency', 'price'],
      severity: 'error',
      message: 'what is paid in euros is cheap',
    },
  ],
});

const ROWS: [string, string, string | null][] = [
  ['a', 'EUR 12.50', null],
  ['b', '$9', ''],
  ['c', '7', 'EUR'],
  ['d', '€5', 'USD'],
  ['e', '5', null],
  ['f', 'GBP 5', null],
  ['g', '(5 EUR)', null],
  ['h', '£5', 'EUR'],
  ['i', '€100', null],
];

const ACCEPTED = [
  ['a', '12.50', 'EUR'],
  ['b', '9.00', 'USD'],
  ['c', '7.00', 'EUR'],
];
const REJECTED = [
  ['price', 'currency', '€5'],
  ['currency', 'required', null],
  ['currency', 'enum', 'GBP 5'],
  ['price', 'minimum', '(5 EUR)'],
  ['price', 'type', '£5'],
  [null, 'cheap_in_euro', '{"currency":null,"price":"€100"}'],
];

function told({ rows, rejects }: Awaited<ReturnType<typeof validate>>) {
  return {
    accepted: rows.map(({ id, price, currency }) => [id, price, currency]),
    rejected: rejects.flatMap(({ reasons }) =>
      reasons.map(({ column_name, rule, value }) => [column_name, rule, value]),
    ),
  };
}

async function parquet(select: string): Promise<Buffer> {
  const path = join(tmpdir(), `tributary-money-${process.pid}.parquet`);
  await query(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  try {
    return await readFile(path);
  } finally {
    await rm(path);
  }
}

describe('validateFile reads amounts with their currency', () => {
  it('alike from CSV, JSON and Parquet, and keeps what was in the file in the reasons', async () => {
    const csv = ['id,price,currency', ...ROWS.map((row) => row.map((text) => text ?? '').join(','))].join('\n');
    const json = ROWS.map(([id, price, currency]) => JSON.stringify({ id, price, currency })).join('\n');
    const values = ROWS.map((row) => `(${row.map((text) => (text === null ? 'NULL' : `'${text}'`)).join(', ')})`);
    const file = await parquet(`SELECT * FROM (VALUES ${values.join(', ')}) AS rows(id, price, currency)`);

    const found = [await validate(csv, of), await validate(json, of), await validate(file, of)].map(told);

    expect(found).toEqual(Array(3).fill({ accepted: ACCEPTED, rejected: REJECTED }));
  });

  it('from a Parquet file of numbers, which carry none', async () => {
    const file = await parquet(
      `SELECT * FROM (VALUES ('a', 5.5::DOUBLE, 'EUR'), ('b', 7, NULL)) AS rows(id, price, currency)`,
    );

    expect(told(await validate(file, of))).toEqual({
      accepted: [['a', '5.50', 'EUR']],
      rejected: [['currency', 'required', null]],
    });
  });

  it('from a file that has no column for the currency, and refuses one that has neither', async () => {
    const { rows, counts } = await validate('id,price\na,EUR 5\nb,5\n', of);
    const neither = await failure(validate('id,note\na,x\n', of));

    expect(rows.map(({ price, currency }) => [price, currency])).toEqual([['5.00', 'EUR']]);
    expect(counts).toMatchObject({ accepted: 1, rejected: 1 });
    expect(neither.message).toContain('required column missing: currency');
  });

  it('and takes amounts that are written in two ways for the same row', async () => {
    const { counts } = await validate('id,price,currency\na,EUR 5.00,\na,5,EUR\n', of);

    expect(counts).toMatchObject({ accepted: 1, duplicate: 1, superseded: 0 });
  });
});
