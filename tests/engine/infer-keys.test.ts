import { describe, expect, it } from '@jest/globals';
import { inferFrom } from './inferring.ts';
import { contract } from './validation.ts';

const csv = (header: string, rows: string[]) => `${[header, ...rows].join('\n')}\n`;
const rows = (count: number, make: (n: number) => string) => Array.from({ length: count }, (_, n) => make(n));
const day = (n: number) => new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10);

describe('the key of a draft', () => {
  it.each<[string, string, string[], object]>([
    [
      "is the dataset's own id, even if another is unique, too",
      csv(
        'customer_id,thing_id,name',
        rows(20, (n) => `C-${n},${n},x`),
      ),
      ['thing_id'],
      { history: 'latest' },
    ],
    [
      'is an id whose rows differ in updated_at, which orders them',
      csv(
        'thing_id,status,updated_at',
        rows(20, (n) => `${n % 7},s,2026-01-01T00:00:${String(n + 10)}Z`),
      ),
      ['thing_id'],
      { versionColumns: ['updated_at'] },
    ],
    [
      'is a pair where no column alone tells rows apart',
      csv(
        'order_id,line_no,sku',
        rows(20, (n) => `${Math.floor(n / 4)},${n % 4},${n % 3}`),
      ),
      ['order_id', 'line_no'],
      { history: 'latest' },
    ],
    [
      'is an id with the time of a measurement',
      csv(
        'sensor_id,read_ts,value',
        rows(20, (n) => `${n % 4},2026-01-01T00:00:${String(n - (n % 4) + 10)}Z,1.${n}`),
      ),
      ['sensor_id', 'read_ts'],
      { versionColumns: [] },
    ],
    [
      'is not hidden by rows that repeat another exactly',
      csv('thing_id,name', [...rows(20, (n) => `${n},x`), '3,x', '4,x']),
      ['thing_id'],
      {},
    ],
    ['is none where values are missing', csv('thing_id,name', ['1,a', ',b', '3,c']), [], { history: 'append' }],
    [
      'is none of texts that are the same by their type',
      csv('thing_id,name', ['1,a', '1.0,b', '2,c']),
      [],
      { history: 'append' },
    ],
    ['is none of values that are only different by chance', csv('price,name', ['1.50,a', '2.50,b']), [], {}],
  ])('%s', async (_, content, key, more) => {
    const { contract, counts } = await inferFrom(content);

    expect(contract).toMatchObject({ key, ...more });
    expect(counts.rejected).toBe(0);
  });

  it('is no column alone that refers to another dataset, however different its values are', async () => {
    const others = [await contract('customers')];
    const content = csv(
      'customer_id,amount,paid_at',
      rows(60, (n) => `C-${String(n).padStart(6, '0')},${n}.00,2026-01-0${1 + (n % 3)}`),
    );

    const payments = await inferFrom(content, { dataset: 'payments', others });
    const customers = await inferFrom(content, { dataset: 'customers', others });

    expect(payments.contract.key).not.toEqual(['customer_id']);
    expect(payments.contract.references).toMatchObject([{ column: 'customer_id', dataset: 'customers' }]);
    expect(payments.yaml).toContain('customer_id never repeats, but refers to customers');
    expect(customers.contract).toMatchObject({ key: ['customer_id'], references: [] });
  });

  it.each<[string, number, number]>([
    ['a person, where rows are few', 49, 1],
    ['nobody, where they are many', 50, 0],
  ])('is asked of %s', async (_, count, asked) => {
    const { yaml } = await inferFrom(
      csv(
        'thing_id,name',
        rows(count, (n) => `${n},x`),
      ),
    );

    expect(yaml.match(/TODO is thing_id the key\?/g) ?? []).toHaveLength(asked);
  });

  it('is told with what was considered', async () => {
    const { yaml } = await inferFrom(
      csv(
        'shop_id,owner_id,name',
        rows(20, (n) => `${n % 5},${n % 4},${n}`),
      ),
      { dataset: 'visits' },
    );

    expect(yaml).toContain('shop_id: 5 different in 20 rows');
    // Names are no ids; the pair of the two ids does tell the rows apart.
    expect(yaml).toContain('key: shop_id and owner_id');
  });
});

describe('the partition of a draft', () => {
  it.each<[string, string, object | undefined]>([
    [
      'is by day where days are few',
      csv(
        'id,sold_on',
        rows(30, (n) => `${n},${day(n)}`),
      ),
      { column: 'sold_on', transform: 'day' },
    ],
    [
      'is by month where days have few rows',
      csv(
        'id,sold_on',
        rows(60, (n) => `${n},${day(n * 6)}`),
      ),
      { transform: 'month' },
    ],
    [
      'is by year where months have few rows',
      csv(
        'id,sold_on',
        rows(60, (n) => `${n},${day(n * 40)}`),
      ),
      { transform: 'year' },
    ],
    [
      'is by when something happened, not by when its row was changed',
      csv(
        'id,updated_at,ordered_at',
        rows(9, (n) => `${n},2026-01-02T00:00:00Z,2026-01-0${n + 1}T00:00:00Z`),
      ),
      { column: 'ordered_at' },
    ],
    [
      'is none by a day of birth',
      csv(
        'id,date_of_birth',
        rows(9, (n) => `${n},199${n}-01-01`),
      ),
      undefined,
    ],
    ['is none by a time that may be missing', csv('id,sold_on', ['1,2026-01-01', '2,', '3,2026-01-02']), undefined],
  ])('%s', async (_, content, partition) => {
    const { contract } = await inferFrom(content);

    if (partition === undefined) expect(contract.partition).toBeUndefined();
    else expect(contract.partition).toMatchObject(partition);
  });
});

describe('the first line of a file', () => {
  it.each<[string, string, string[], boolean | undefined]>([
    ['is a header', 'id,name\n1,a\n2,b\n', ['id', 'name'], undefined],
    ['is a header of years', 'country,2019,2020\nDE,1,2\nFR,3,4\n', ['country', 'col_2019', 'col_2020'], undefined],
    ['is data', '1,Ada,2026-01-01\n2,Bob,2026-01-02\n', ['column_1', 'column_2', 'column_3'], false],
    ['is a header where all columns are texts', 'a,b\nx,y\n', ['a', 'b'], undefined],
  ])('%s', async (_, content, names, header) => {
    const { contract, counts } = await inferFrom(content);

    expect(contract.columns.map(({ name }) => name)).toEqual(names);
    expect(contract.file.header).toBe(header);
    expect(counts).toMatchObject({ in: 2 - (content.startsWith('a,b') ? 1 : 0), rejected: 0 });
  });
});

describe('how a file is written', () => {
  it.each<[string, string | Uint8Array, object]>([
    ['semicolons need not be stated', 'id;name\n1;a\n', {}],
    ['what no header shows has to be', 'id^name\n1^a\n2^b\n', { delimiter: '^' }],
    [
      'fields that are never quoted',
      csv(
        'id;size',
        rows(9, (n) => `${n};"${n} inch`),
      ),
      { quote: null },
    ],
    ['Windows-1252', Buffer.from('id,name\n1,Jos\xe9\n', 'latin1'), { encoding: 'windows-1252' }],
    ['UTF-16 without a mark', Buffer.from('id,name\n1,Jos\xe9\n', 'utf16le'), { encoding: 'utf-16le' }],
    ['UTF-16 with a mark tells by itself', Buffer.from('\ufeffid,name\n1,Jos\xe9\n', 'utf16le'), {}],
  ])('%s', async (_, content, file) => {
    const { contract, counts } = await inferFrom(content);

    expect(JSON.parse(JSON.stringify(contract.file))).toEqual(file);
    expect(counts).toMatchObject({ rejected: 0 });
    expect(contract.columns).toHaveLength(2);
  });
});
