import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDatasets, readSqlFiles } from '../../../aws/project-files.ts';
import { nameProblem } from '../../../core/contract/column.ts';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { columnNameOf, evolvedColumns, listedFields, maxColumns, maxListedFields } from '../../../core/merge/evolve.ts';
import { limits } from '../../../core/merge/plan.ts';
import { maxSqlBytes, mergeStatement } from '../../../core/merge/statements.ts';
import { silverColumns } from '../../../core/merge/tables.ts';

const { customers, online_retail: retail } = readDatasets();
const evolving: Dataset = {
  ...customers!,
  drift: 'evolve',
  columns: customers!.columns.map((column) =>
    column.name === 'country' ? { ...column, aliases: ['Country Code'] } : column,
  ),
};
const known = silverColumns(evolving);
const text = (name: string) => ({ name, type: 'string' });

describe('the column of an unknown field', () => {
  it.each([
    ['new_col', 'new_col'],
    ['New Col', 'new_col'],
    [' new--col!', 'new_col'],
    ['utmSource', 'utm_source'],
    ['HTTPStatus', 'http_status'],
    ['_id', 'id'],
    ['a.b', 'a_b'],
    ["it's", 'it_s'],
    ['Prénom', 'prenom'],
    ['x²', 'x2'],
    ['😀 mood', 'mood'],
    ['x'.repeat(64), 'x'.repeat(64)],
  ])('%p is named %s', (field, name) => {
    expect(columnNameOf(field)).toBe(name);
  });

  it.each([
    ['nothing', ''],
    ['only signs', '€€'],
    ['a digit first', '2nd'],
    ['letters of another script', '名前'],
    ['a letter that has no accent to lose', 'Größe'],
    ['a digit of another script', 'x٣'],
    ['a name of ours', 'meta_rescued'],
    ['a reserved word', 'Select'],
    ['a quote', 'a"b'],
    ['a backslash', 'a\\b'],
    ['a line end', 'a\nb'],
    ['NUL', 'a\0b'],
    ['half of a character', 'a\ud800'],
    ['a name that is too long', 'x'.repeat(65)],
    ['a name that gets too long', 'xY'.repeat(32)],
  ])('is none for %s', (_, field) => {
    expect(columnNameOf(field)).toBeUndefined();
  });

  it('is a name that a contract could give, whatever the field is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (field) => {
        const name = columnNameOf(field);

        if (name !== undefined) expect(nameProblem(name)).toBeUndefined();
      }),
    );
  });
});

it('lists the fields of a file that may become columns, each once, in order, and not too many', () => {
  const many = Array.from({ length: 150 }, (_, n) => `field_${String(n).padStart(3, '0')}`);

  expect(listedFields(['b', '2nd', 'a', 'b'])).toEqual(['a', 'b']);
  expect(listedFields(many.toReversed())).toEqual(many.slice(0, maxListedFields));
});

describe('columns that silver has beside its contract', () => {
  it('are those it had before and those of the batch, each with every spelling', () => {
    const columns = evolvedColumns(evolving, [...known, text('tier'), text('old')], ['tier', 'New Col', 'new_col']);

    expect(columns).toEqual([
      { name: 'tier', fields: ['tier'] },
      { name: 'old', fields: [] },
      { name: 'new_col', fields: ['New Col', 'new_col'] },
    ]);
  });

  it('are the same in whatever order the fields come', () => {
    const fields = ['b', 'B', 'a', 'c d', 'c_d', '2nd', 'Country'];

    fc.assert(
      fc.property(fc.shuffledSubarray(fields, { minLength: fields.length }), (shuffled) => {
        expect(evolvedColumns(evolving, known, shuffled)).toEqual(evolvedColumns(evolving, known, fields));
      }),
    );
  });

  it('are none for another spelling of what the contract names', () => {
    const fields = ['Country ', 'country_code', 'COUNTRY-CODE', 'Meta Version'];

    expect(evolvedColumns(evolving, known, fields)).toEqual([]);
  });

  it('take nothing any more once the contract reads the field into another column', () => {
    const columns = evolvedColumns(evolving, [...known, text('country_code')], ['country code']);

    expect(columns).toEqual([{ name: 'country_code', fields: [] }]);
  });

  it('are none when the contract does not say that the table evolves', () => {
    expect(evolvedColumns({ ...evolving, drift: 'rescue' }, known, ['tier'])).toEqual([]);
  });

  it('are no more than a table may have, and those that are there stay', () => {
    const there = [...known, ...Array.from({ length: maxColumns - known.length - 2 }, (_, n) => text(`old_${n}`))];

    const columns = evolvedColumns(evolving, there, ['c', 'b', 'a', 'old_0']);

    expect(columns.slice(-2).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(columns).toHaveLength(maxColumns - known.length);
    expect(columns[0]).toEqual({ name: 'old_0', fields: ['old_0'] });
  });

  it('leave room for a column that the contract has gained', () => {
    const there = [...known.slice(1), ...Array.from({ length: maxColumns - known.length }, (_, n) => text(`old_${n}`))];

    expect(evolvedColumns(evolving, there, ['a'])).toHaveLength(maxColumns - known.length);
  });
});

describe('the MERGE of a table that evolves', () => {
  const files = readSqlFiles();
  const databases = { staging: 'st', silver: 'si', gold: 'go', ops: 'op' };
  const batch = { stageIds: ['a-1'], batchSeq: 3 };

  it('takes the values from meta_rescued, and null for what the files at hand do not have', () => {
    const evolved = [
      { name: 'its_new', fields: ["It's new"] },
      { name: 'old', fields: [] },
    ];

    const sql = mergeStatement(files, evolving, databases, { ...batch, evolved });

    expect(sql).toContain(
      `coalesce(json_extract_scalar(meta_rescued, '$["It''s new"]'), json_format(json_extract(meta_rescued, '$["It''s new"]'))) as its_new, cast(null as varchar) as old\n`,
    );
    expect(sql).toContain('its_new = s.its_new, old = s.old,\n  meta_batch_seq = 3');
    expect(sql).toContain('meta_rescued, its_new, old, meta_batch_seq)');
    expect(sql).toContain('s.meta_rescued, s.its_new, s.old, 3)');
  });

  it('takes the first spelling that a row has', () => {
    const evolved = [{ name: 'a_b', fields: ['a b', 'a_b'] }];

    const sql = mergeStatement(files, { ...retail!, drift: 'evolve' }, databases, { ...batch, evolved });

    expect(sql).toMatch(/coalesce\(json_extract_scalar\([^)]*a b.*json_extract_scalar\([^)]*a_b.* as a_b\n/);
    expect(sql).not.toContain('when matched');
  });

  it("stays under Athena's size limit with the most that a batch may bring", () => {
    const stageIds = Array.from({ length: limits.files }, (_, n) => `${'f'.repeat(32)}-${n}`);
    const name = (n: number) => `${'x'.repeat(61)}${n}`;
    const columns = Array.from({ length: maxColumns }, (_, n) => text(name(n + 100)));
    const fields = columns.slice(0, limits.fields).map(({ name: field }) => field.toUpperCase());

    const evolved = evolvedColumns(evolving, [...known, ...columns], fields);
    const sql = mergeStatement(files, evolving, databases, { ...batch, stageIds, evolved });

    expect(evolved.filter((column) => column.fields.length === 1)).toHaveLength(limits.fields);
    expect(Buffer.byteLength(sql)).toBeLessThan(maxSqlBytes);
  });
});
