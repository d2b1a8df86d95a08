import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FileRecord } from '../../../../core/quality/record.ts';
import { asJson, noFiles, passPercent, remember, totalsOf } from '../../../../core/quality/report/day.ts';
import { fileRecord, refused, rule, unreadable } from './fixture.ts';

const of = { dataset: 'orders', day: '2026-03-01', fingerprint: 'f', uncounted: 0 };

function dayOf(records: FileRecord[]) {
  const files = noFiles();
  for (const record of records) remember(files, record, `etag of ${record.file_id}`);
  return files;
}

const records: fc.Arbitrary<FileRecord[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('done', 'rejected', 'unreadable'),
      in: fc.nat(1_000),
      broken: fc.array(fc.nat(100), { minLength: 3, maxLength: 3 }),
      contract: fc.nat(2),
      others: fc.uniqueArray(fc.constantFrom('too_many_fields', 'constructor', '__proto__', 'toString.unknown')),
    }),
    { maxLength: 8 },
  )
  .map((files) =>
    files.map((file, n) => {
      if (file.kind === 'unreadable') return unreadable(n);
      const rows = {
        rows_in: file.in,
        rows_accepted: file.in,
        rows_rejected: 0,
        rows_duplicate: 0,
        rows_superseded: 0,
      };
      const rules = ['a.type', 'b.type', 'constructor'].map((name, i) =>
        rule(name, Math.min(file.in, file.broken[i]!), file.in, { description: `of contract ${file.contract}` }),
      );
      const others = file.others
        .filter((name) => name !== 'constructor')
        .map((name) => rule(name, Math.min(1, file.in), file.in, { origin: 'record', description: null }));
      return (file.kind === 'done' ? fileRecord : refused)(n, { ...rows, rules: [...rules, ...others] });
    }),
  );

describe('the totals of a day', () => {
  it('are the sums of its records, of rows by outcome and of rules', () => {
    fc.assert(
      fc.property(records, (files) => {
        const totals = totalsOf(dayOf(files), of);

        const sum = (list: FileRecord[], value: (file: FileRecord) => number) =>
          list.reduce((all, file) => all + value(file), 0);
        const taken = files.filter(({ outcome }) => outcome === 'done');
        const read = files.filter(({ rows_in }) => rows_in !== null);
        expect(totals).toMatchObject({ files: files.length, refused: files.length - taken.length });
        expect(totals.counts.in).toBe(sum(taken, (file) => file.rows_in!));
        expect(totals.counts.in + totals.refused_rows).toBe(sum(read, (file) => file.rows_in!));
        const names = new Set(
          files
            .flatMap((file) => file.rules)
            .filter((one) => one.origin === 'contract' || one.rows_broken > 0)
            .map(({ name }) => name),
        );
        expect(new Set(totals.rules.map(({ name }) => name))).toEqual(names);
        for (const total of totals.rules) {
          const found = files.flatMap((file) => file.rules.filter(({ name }) => name === total.name));
          expect(total.rows_broken).toBe(found.reduce((all, one) => all + one.rows_broken, 0));
          expect(total.rows_checked).toBe(sum(read, (file) => file.rows_in!));
        }
      }),
    );
  });

  it('are the same in whatever order the records are read, and when they are read again', () => {
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.nat()), (files, random) => {
        const shuffled = files
          .map((file) => ({ file, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ file }) => file);

        const one = dayOf(files);
        const other = dayOf([...shuffled, ...files.slice(0, 2)]);

        expect(asJson(other)).toBe(asJson(one));
        expect(totalsOf(JSON.parse(asJson(other)), of)).toEqual(totalsOf(one, of));
      }),
    );
  });

  it('take a record that is written anew in place of what it said', () => {
    const files = dayOf([refused(1), fileRecord(2)]);

    remember(files, fileRecord(1), 'new');

    expect(totalsOf(files, of)).toMatchObject({ files: 2, refused: 0, counts: { in: 2_000 }, refused_rows: 0 });
  });

  it('name the worst rule first, by share', () => {
    const rules = [rule('often', 50, 10_000), rule('all', 10, 10), rule('never', 0, 10_000), rule('some', 1, 10)];

    const totals = totalsOf(dayOf([fileRecord(1, { rows_in: 10_000, rules })]), of);

    expect(totals.rules.map(({ name }) => name)).toEqual(['often', 'all', 'some', 'never']);
    expect(totals.rules.every(({ rows_checked }) => rows_checked === 10_000)).toBe(true);
  });
});

it('the share of passed checks is over all rules, and none without any', () => {
  expect(passPercent([rule('a', 1, 10), rule('b', 0, 30)])).toBe(97.5);
  expect(passPercent([rule('a', 0, 0)])).toBeNull();
  expect(passPercent([])).toBeNull();
});
