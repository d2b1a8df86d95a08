import { describe, expect, it } from '@jest/globals';
import type { Column, Gate } from '../../core/contract/dataset.ts';
import { RowsRejectedError, warningsOf } from '../../core/validation/result.ts';
import { column, dataset, failure, validate } from './validation.ts';

const gate = (more: Partial<Gate>): Gate => ({
  name: 'gate',
  metric: 'row_count',
  columns: [],
  unit: 'rows',
  must: {},
  severity: 'error',
  ...more,
});

const unique = (more = {}) =>
  dataset({
    columns: [
      column('id', { kind: 'string' }, { required: true }),
      column('version', { kind: 'int' }),
      column('email', { kind: 'string' }, { unique: true, standardise: { case: 'lower' }, ...more }),
    ],
    versionColumns: ['version'],
  });

describe('a unique column', () => {
  it('rejects every row that shares its value with another key, and no version of the same row', async () => {
    const csv = 'id,version,email\na,1,X@y.z\na,2,x@y.z\nb,1,p@q.r\nc,1,P@q.r\nd,1,\ne,1,\nf,1,alone@q.r\n';

    const { counts, rows, rejects } = await validate(csv, unique());

    expect(counts).toEqual({ in: 7, accepted: 4, rejected: 2, duplicate: 0, superseded: 1 });
    expect(rows.map(({ id, version }) => [id, version])).toEqual([
      ['a', 2],
      ['d', 1],
      ['e', 1],
      ['f', 1],
    ]);
    expect(rejects.map(({ record, line, raw }) => [record, line, raw])).toEqual([
      [3, 4, 'b,1,p@q.r'],
      [4, 5, 'c,1,P@q.r'],
    ]);
    expect(rejects.map(({ reasons }) => reasons)).toEqual([
      [expect.objectContaining({ column_name: 'email', rule: 'unique', value: 'p@q.r' })],
      [expect.objectContaining({ column_name: 'email', rule: 'unique', value: 'P@q.r' })],
    ]);
  });

  it('does not count rows that are rejected for something else', async () => {
    const { counts, rejects } = await validate('id,version,email\na,1,x\n,1,x\nb,no,x\n', unique());

    expect(counts).toMatchObject({ accepted: 1, rejected: 2 });
    expect(rejects.flatMap(({ reasons }) => reasons.map(({ rule }) => rule))).toEqual(['required', 'type']);
  });

  it('works where rows have no key', async () => {
    const of = { ...unique(), key: [], versionColumns: [], history: 'append' as const };

    const { counts, rows } = await validate('id,version,email\na,1,x\nb,1,y\na,1,x\nc,1,\nc,1,\n', of);

    expect(counts).toMatchObject({ accepted: 3, rejected: 2 });
    expect(rows.map(({ id, meta_occurrence }) => [id, Number(meta_occurrence)])).toEqual([
      ['b', 1],
      ['c', 1],
      ['c', 2],
    ]);
  });

  it('gives the same outcome whatever the order of the rows', async () => {
    const lines = ['a,1,x', 'a,2,y', 'b,1,y', 'c,1,z', 'c,1,z', 'd,3,w', 'd,4,z', 'e,1,v'];
    const outcome = async (rows: string[]) => {
      const { counts, rows: kept } = await validate(`id,version,email\n${rows.join('\n')}\n`, unique());
      return { counts, kept: kept.map(({ id, version, email }) => `${id}${version}${email}`).sort() };
    };

    const forward = await outcome(lines);
    const backward = await outcome([...lines].reverse());

    expect(backward).toEqual(forward);
    expect(forward.kept).toEqual(['a1x', 'd3w', 'e1v']);
  });
});

describe('a column named like something of ours', () => {
  const lines = 'a,q,1\nb,q,1\nc,r,1\nc,r,2\nd,,1\n';

  it.each(['shared0', 'occurrence', 'rowid', 'record', 'copy', 'newest', 'n', 'v0', 'r1', 'x0'])(
    '%s may be unique, the key or the version',
    async (name) => {
      const text = column(name, { kind: 'string' }, { required: true });
      const number = column(name, { kind: 'int' });
      const [key, other, version] = ['key_', 'other_', 'version_'].map((more) => column(more, { kind: 'string' })) as [
        Column,
        Column,
        Column,
      ];

      const unique = await validate(
        `key_,${name},version_\n${lines}`,
        dataset({
          columns: [key, { ...text, required: false, unique: true }, version],
          key: ['key_'],
          versionColumns: [],
        }),
      );
      const keyless = await validate(
        `other_,${name}\na,x\na,x\nb,y\n`,
        dataset({ columns: [other, text], key: [], history: 'append' }),
      );
      const known = await validate(
        `${name},other_\na,1\na,1\na,2\nb,1\n`,
        dataset({ columns: [text, other], key: [name] }),
      );
      const newest = await validate(
        `key_,${name}\na,1\na,2\nb,1\n`,
        dataset({ columns: [key, number], key: ['key_'], versionColumns: [name] }),
      );

      expect(unique.reasons).toEqual({ [`${name}.unique`]: 2 });
      expect(keyless.rows.map(({ meta_occurrence }) => Number(meta_occurrence))).toEqual([1, 2, 1]);
      expect(known.counts).toMatchObject({ accepted: 2, duplicate: 1, superseded: 1 });
      expect(newest.rows.map((row) => row[name]).sort()).toEqual([1, 2]);
      expect(newest.counts).toMatchObject({ accepted: 2, superseded: 1 });
    },
  );
});

describe('rules that only warn', () => {
  it('accept the row, name the rule in it and count it', async () => {
    const of = dataset({
      columns: [
        column('id', { kind: 'string' }, { required: true, maxLength: 2, warnings: ['max_length'] }),
        column('amount', { kind: 'int' }, { maximum: '10', warnings: ['maximum'] }),
        column('note', { kind: 'string' }, { required: true, warnings: ['required'] }),
      ],
      rowRules: [
        {
          name: 'note_differs',
          expression: '"note" <> "id"',
          columns: ['note', 'id'],
          severity: 'warning',
          message: 'note differs from id',
        },
      ],
    });

    const { rows, counts, profile } = await validate('id,amount,note\nabc,11,\nb,1,b\nc,1,x\n', of);

    expect(counts).toMatchObject({ accepted: 3, rejected: 0 });
    expect(rows.map((row) => row.meta_warnings)).toEqual([
      'id.max_length,amount.maximum,note.required',
      'note_differs',
      null,
    ]);
    expect(profile.warnings).toEqual({
      'amount.maximum': 1,
      'id.max_length': 1,
      'note.required': 1,
      note_differs: 1,
    });
  });
});

describe('a quality rule on the whole file', () => {
  const csv = 'id,amount,note\na,1,x\nb,,x\nc,bad,y\nd,4,\n';

  it.each<[string, Partial<Gate>, number]>([
    ['counts the accepted rows', { must: { beGreaterThan: 3 } }, 3],
    ['counts missing values', { metric: 'null_values', columns: ['amount'], must: { be: 0 } }, 1],
    [
      'measures a share of missing values',
      { metric: 'null_values', columns: ['note'], unit: 'percent', must: { beLessThan: 30 } },
      100 / 3,
    ],
    [
      'measures a share of invalid values among all rows',
      { metric: 'invalid_values', columns: ['amount'], unit: 'percent', must: { beLessOrEqualTo: 20 } },
      25,
    ],
    ['counts repeated values', { metric: 'duplicate_values', columns: ['note'], must: { be: 0 } }, 1],
    ['knows ranges', { must: { beBetween: [4, 9] } }, 3],
    ['knows forbidden ranges', { must: { notBeBetween: [1, 3] } }, 3],
  ])('%s, and refuses the file', async (_, more, measured) => {
    const error = await failure(validate(csv, dataset({ gates: [gate(more)] })));

    expect(error).toBeInstanceOf(RowsRejectedError);
    expect(error.message).toMatch(/^things\.csv: the file breaks gate \(.*must.*, found [\d.]+.*No row was taken/);
    expect(error.result!.profile.gates).toEqual([
      { name: 'gate', severity: 'error', measured, unit: more.unit ?? 'rows', passed: false },
    ]);
  });

  it('shows enough decimals to tell a share from its bound', async () => {
    const rows = Array.from({ length: 2999 }, (_, index) => `k${index},1,x`).join('\n');

    const error = await failure(validate(`id,amount,note\n${rows}\nbad,bad,x\n`, dataset({ maxRejectPercent: 0.03 })));

    expect(error.message).toContain('1 of 3000 rows (0.033 %) were rejected and the contract allows 0.03 %');
  });

  it('lets the file pass when it holds, or only warns', async () => {
    const gates = [
      gate({ name: 'enough', must: { beGreaterOrEqualTo: 3 } }),
      gate({ name: 'wished', must: { beGreaterThan: 100 }, severity: 'warning' }),
    ];

    const result = await validate(csv, dataset({ gates }));

    expect(result.profile.gates.map(({ name, passed }) => [name, passed])).toEqual([
      ['enough', true],
      ['wished', false],
    ]);
    expect(warningsOf(result, gates)).toEqual(['the file breaks wished: row count must be greater than 100, found 3']);
  });
});

describe('the profile', () => {
  it('counts the days of times to the microsecond, in any year', async () => {
    const of = dataset({
      columns: [column('id', { kind: 'string' }), column('at', { kind: 'timestamp' }, { required: true })],
      partition: { column: 'at', transform: 'day' },
    });
    const times = [
      '9999-12-31T23:59:59.999999',
      '2300-05-05T23:59:59.999999',
      '1599-12-31T23:59:59.999999',
      '0001-01-01T00:00:00',
    ];

    const { profile } = await validate(`id,at\n${times.map((time, index) => `${index},${time}Z`).join('\n')}\n`, of);

    expect(profile.partitions.map(({ partition }) => partition)).toEqual(
      times.map((time) => time.slice(0, 10)).reverse(),
    );
  });

  it('lists the values of enumerations by frequency, but not of personal data', async () => {
    const of = dataset({
      columns: [
        column('id', { kind: 'string' }),
        column('status', { kind: 'string' }, { enum: ['new', 'old'] }),
        column('sex', { kind: 'string' }, { enum: ['f', 'm'], pii: true }),
        column('ok', { kind: 'boolean' }),
      ],
    });

    const { profile } = await validate('id,status,sex,ok\n1,old,f,true\n2,new,m,\n3,old,f,false\n4,odd,f,\n', of);

    expect(profile.columns.status!.top).toEqual([
      { value: 'old', rows: 2 },
      { value: 'new', rows: 1 },
    ]);
    expect(profile.columns.sex).toEqual({ nulls: 0, distinct: 2, min: null, max: null });
    expect(profile.columns.ok!.top).toEqual([
      { value: 'false', rows: 1 },
      { value: 'true', rows: 1 },
    ]);
    expect(profile.reasons).toEqual({ 'status.enum': 1 });
  });
});
