import { describe, expect, it } from '@jest/globals';
import { findDrift } from '../../../../core/discovery/drift/find.ts';
import type { FileRecord } from '../../../../core/quality/record.ts';
import { column } from '../../../engine/dataset.ts';
import { columnsOf, lakeOf, NOW, recordOf, ruleOf, shop } from './records.ts';

/** Days 8 to 14 are the last seven; 1 to 7 are those before. */
const drift = (records: FileRecord[], dataset = shop()) => findDrift(lakeOf(records), dataset, NOW, 7);
const found = async (records: FileRecord[], dataset = shop()) =>
  (await drift(records, dataset)).findings.map(({ kind, column, files, sentence }) => ({
    kind,
    column,
    files,
    sentence,
  }));
const many = (count: number, day: number, more: Partial<FileRecord> = {}) =>
  Array.from({ length: count }, () => recordOf(day, more));

describe('files like those before them', () => {
  it('do not drift', async () => {
    expect(await found([...many(3, 3), ...many(3, 12)])).toEqual([]);
  });

  it('are compared by their days: the last ones, and as many before', async () => {
    const { recent, before } = await drift([...many(2, 7), ...many(3, 8), ...many(1, 14)]);

    expect([recent, before]).toEqual([
      { files: 4, found: 4, rows: 400 },
      { files: 2, found: 2, rows: 200 },
    ]);
  });

  it('are looked at up to a number, the newest first', async () => {
    const old = many(150, 13, { unknown_columns: ['old'] });
    const lake = lakeOf([...many(100, 12, { unknown_columns: ['older'] }), ...old]);

    const { recent, findings } = await findDrift(lake, shop(), NOW, 7);

    expect(recent).toMatchObject({ files: 200, found: 250 });
    expect(lake.reads).toBe(200);
    expect(findings.map(({ column, files }) => [column, files])).toEqual(
      expect.arrayContaining([
        ['old', 150],
        ['older', 50],
      ]),
    );
  });
});

describe('a field that the contract does not know', () => {
  it('is found with its files, since when, and a column for the contract', async () => {
    const files = [
      ...many(2, 9),
      recordOf(10, { unknown_columns: ['Coupon Code'] }),
      recordOf(11, { unknown_columns: ['coupon code'] }),
    ];

    const { findings } = await drift(files);

    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      kind: 'unknown_field',
      column: 'Coupon Code',
      files: 2,
      since: files[2]!.last_modified,
    });
    expect(findings[0]!.sentence).toContain('is in 2 of 4 files since 2026-03-10 10:00');
    expect(findings[0]!.suggestion).toMatch(
      /^- name: coupon_code .*\n {2}logicalType: string\n.*\n.*\n {4}- \{ property: aliases, value: \[Coupon Code\] \}$/,
    );
  });

  it('is none any more once the contract knows it, be it by an alias', async () => {
    expect(await found([recordOf(10, { unknown_columns: ['remark', 'NOTE'] })])).toEqual([]);
  });
});

describe('a column of the contract', () => {
  const empty = { columns: columnsOf({ note: 100 }) };

  it('that has no value any more is found', async () => {
    expect(await found([...many(2, 3), ...many(2, 9, empty)])).toEqual([
      {
        ...{ kind: 'absent_column', column: 'note', files: 2 },
        sentence:
          'the column note has no value in any of 2 files (200 rows) since 2026-03-09 10:00; before, 100 % of 200 rows had one',
      },
    ]);
  });

  it.each<[string, FileRecord[]]>([
    ['never had one', [...many(2, 3, empty), ...many(2, 9, empty)]],
    [
      'has one in one file',
      [...many(2, 3), ...many(2, 9, empty), recordOf(10, { columns: columnsOf({ note: 80 }) })].slice(0, 5),
    ],
  ])('that %s is not said to be absent', async (_, files) => {
    expect((await found(files)).filter(({ kind }) => kind === 'absent_column')).toEqual([]);
  });

  it('that is missing much more often is found, and one a little more often is not', async () => {
    const before = many(5, 3, { columns: columnsOf({ note: 2, amount: 20 }) });

    expect(await found([...before, ...many(5, 9, { columns: columnsOf({ note: 30, amount: 25 }) })])).toEqual([
      {
        ...{ kind: 'nulls_changed', column: 'note', files: 5 },
        sentence: 'the column note has no value in 30 % of 500 accepted rows; before, in 2 % of 500 rows',
      },
    ]);
  });

  it('that grows to the end of its type, or to its bound, is found', async () => {
    const dataset = shop();
    dataset.columns[4] = { ...dataset.columns[4]!, type: { kind: 'bigint' }, maximum: '1000' };
    const before = many(1, 3, { columns: columnsOf({}, { seq: '1900000000', amount: '9000.00', note: '900' }) });
    const after = many(1, 9, { columns: columnsOf({}, { seq: '2000000000', amount: '9000.00', note: '990' }) });

    const { findings } = await drift([...before, ...after], dataset);

    expect(findings.map(({ column, sentence, suggestion }) => [column, sentence, suggestion])).toEqual([
      [
        'seq',
        'the greatest seq has grown from 1900000000 to 2000000000, 93 % of what an int holds',
        '- name: seq\n  physicalType: bigint',
      ],
      [
        'note',
        'the greatest note has grown from 900 to 990, 99 % of its maximum, 1000',
        '- name: note\n  logicalTypeOptions: { maximum: 10000 }',
      ],
    ]);
  });
});

describe('values that an enumeration refuses', () => {
  it('are found with how often they came, if they are more than a slip', async () => {
    const files = [
      recordOf(9, { rules: [ruleOf('plan.enum', 5, { family: 4, oops: 1 })] }),
      ...many(3, 9, { rules: [ruleOf('plan.enum', 0)] }),
      recordOf(10, { rules: [ruleOf('plan.enum', 2, { family: 2 })] }),
    ];

    const { findings } = await drift(files);

    expect(findings.map(({ kind, sentence, suggestion }) => ({ kind, sentence, suggestion }))).toEqual([
      {
        kind: 'refused_values',
        sentence: '7 rows in 2 files have a plan that is not in its enumeration: "family" (6 rows)',
        suggestion: '- name: plan\n  enum: [{ value: free }, { value: pro }, { value: family }]',
      },
    ]);
  });

  it('are none any more once the contract has them', async () => {
    const files = [recordOf(9, { rules: [ruleOf('plan.enum', 5, { pro: 5 })] })];

    expect(await found(files)).toEqual([]);
  });
});

describe('a rule that rows break', () => {
  const breaking = (count: number, day: number, rows: number) =>
    many(count, day, { rules: [ruleOf('note.max_length', rows, rows > 0 ? { 'far too long': rows } : {})] });

  it('is found when its share has risen', async () => {
    expect(await found([...breaking(4, 3, 0), ...breaking(4, 9, 10)])).toEqual([
      {
        ...{ kind: 'rejects_rising', column: 'note', files: 4 },
        sentence:
          '10 % of 400 rows are rejected by note.max_length, in 4 files; before, 0 % of 400 rows; values: "far too long" (40)',
      },
    ]);
  });

  it.each([
    ['has stayed the same', [...breaking(4, 3, 10), ...breaking(4, 9, 11)]],
    ['is of a few rows', [...breaking(4, 3, 0), ...breaking(4, 9, 1)]],
    ['has nothing to be compared with', breaking(4, 9, 10)],
  ])('is not when its share %s', async (_, files) => {
    expect(await found(files)).toEqual([]);
  });
});

describe('files as a whole', () => {
  it('of another format or compression than before are found', async () => {
    const files = [...many(3, 3), ...many(2, 9), recordOf(10, { format: 'jsonl', compression: 'gzip' })];

    expect((await found(files)).map(({ sentence }) => sentence.replace(/\d+\.csv/, 'X'))).toEqual([
      '1 of 3 files are JSON lines, first s3://landing/landing/shop/X; before, all were CSV',
      '1 of 3 files are gzip, first s3://landing/landing/shop/X; before, all were not compressed',
    ]);
  });

  it('in another encoding, or with another delimiter than before are found', async () => {
    const [old, recent] = [
      { encoding: 'utf-8', delimiter: ',' },
      { encoding: 'windows-1252', delimiter: ';' },
    ];

    expect(
      (await found([...many(2, 3, old), ...many(2, 9, recent)])).map(({ sentence }) =>
        sentence.replace(/, first .*;/, ';'),
      ),
    ).toEqual([
      '2 of 2 files are in windows-1252; before, all were in utf-8',
      '2 of 2 files are CSV with semicolons; before, all were CSV with commas',
    ]);
  });

  it('that could not be read by the contract are found by their fault, once for all of them', async () => {
    const refused = (number: number) =>
      recordOf(9, {
        ...{ outcome: 'rejected', rows_in: null, rows_accepted: null, columns: [], format: null },
        error: `FileRejectedError: ${number}.csv: required column missing: id. The header found is: a${number}.`,
      });

    const { findings } = await drift([...many(2, 9), refused(1), refused(2)]);

    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: 'refused_files', files: 2 });
    expect(findings[0]!.sentence).toMatch(
      /^2 of 4 files could not be read by the contract, .*required column missing: id/,
    );
  });

  describe('of a dataset with personal data', () => {
    const people = shop({
      columns: [
        column('customer_id', { kind: 'string' }, { required: true }),
        column('email', { kind: 'string' }, { pii: true }),
      ],
    });
    const refusal = (error: string) =>
      recordOf(9, {
        ...{ outcome: 'rejected', rows_in: null, rows_accepted: null, columns: [], format: null },
        error: `FileRejectedError: ${error}`,
      });
    const told = async (error: string) => JSON.stringify((await drift([refusal(error)], people)).findings);

    it('are told without a first line that may be a record', async () => {
      const line = 'C-000001, Ada Lovelace, ada@example.com';
      const hint = 'Does the file begin with a header line? The line was split at commas.';

      const missing = await told(`required column missing: customer_id. The header found is: ${line}. ${hint}`);
      const twice = await told(`the column "Ada Lovelace" is in the header twice. The header found is: ${line}.`);

      expect(missing).toContain(`required column missing: customer_id. ${hint}`);
      expect(twice).toContain('(left out)');
      expect(missing + twice).not.toMatch(/Ada|ada@|C-000001/);
    });

    it('are told with a header that has columns of the contract, but for what is no name', async () => {
      const sentence = await told(
        'required column missing: customer_id. The header found is: Email, Nickname, ada@example.com, 49170123456.',
      );

      expect(sentence).toContain('The header found is: Email, Nickname, (left out), (left out).');
    });

    it('have no finding of a field that is called by a value', async () => {
      const unknown_columns = ['ada@example.com', 'bob@example.com', 'coupon'];

      const { findings } = await drift([recordOf(9, { unknown_columns })], people);

      expect(findings.map(({ ids, suggestion }) => [...ids, suggestion === undefined])).toEqual([
        ['unknown_field (left out)', true],
        ['unknown_field coupon', false],
      ]);
      expect(JSON.stringify(findings)).not.toContain('@example');
    });
  });
});
