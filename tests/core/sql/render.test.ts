import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInputError } from '../../../core/errors.ts';
import { renderSql } from '../../../core/sql/render.ts';
import { tokenise } from '../../../core/sql/tokens.ts';

/** Reads one Trino string literal back, as the engine's lexer does; undefined if the text is not exactly one literal. */
function readString(sql: string): string | undefined {
  if (!/^'([^']|'')*'$/.test(sql)) return undefined;
  return sql.slice(1, -1).replaceAll("''", "'");
}

describe('renderSql', () => {
  it('renders any text as exactly one literal that reads back equal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        fc.pre(!value.includes('\0') && value.isWellFormed());

        const sql = renderSql('select :value', { literals: { value } });

        expect(readString(sql.slice('select '.length))).toBe(value);
      }),
    );
  });

  it('keeps every list entry a literal of its own', () => {
    const entry = fc.string().filter((text) => !text.includes('\0') && text.isWellFormed());
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 5 }), (ids) => {
        const sql = renderSql('x in (:ids)', { literals: { ids } });

        const strings = tokenise(sql).filter((token) => token.kind === 'string');
        expect(strings.map((token) => readString(token.text))).toEqual(ids);
      }),
    );
  });

  it('never lets a name through that is not lower_snake', () => {
    fc.assert(
      fc.property(fc.string(), (table) => {
        fc.pre(!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/.test(table));

        expect(() => renderSql('select * from {table}', { identifiers: { table } })).toThrow(InvalidInputError);
      }),
    );
  });

  it('replaces nothing inside strings, quoted names and comments', () => {
    const text = `select ':a {a}', "{a}:a" -- :a {a}\nfrom {a} /* :a */ where x = :a`;

    const sql = renderSql(text, { identifiers: { a: 'orders' }, literals: { a: 1 } });

    expect(sql).toBe(`select ':a {a}', "{a}:a"\nfrom orders  where x = 1`);
  });

  it('throws on a placeholder without a value, naming it', () => {
    expect(() => renderSql('select {a}', {})).toThrow('no value for {a}');
    expect(() => renderSql('select :a', { literals: { b: 1 } })).toThrow('no value for :a; known: b');
  });

  it('throws on a value without a placeholder, naming it', () => {
    expect(() => renderSql('select 1', { literals: { a: 1 } })).toThrow('values without a placeholder: :a');
    expect(() => renderSql("select '{a}'", { identifiers: { a: 'b' } })).toThrow('values without a placeholder: {a}');
  });

  it('does not take an inherited property for a value', () => {
    expect(() => renderSql('select {constructor}', {})).toThrow('no value for {constructor}');
  });

  it.each([
    [{ date: '2026-02-30x' }, 'not a date'],
    [{ timestamp: "2026-01-01 00:00:00' or 1=1" }, 'not a timestamp'],
    [{ decimal: '1e3' }, 'not a decimal'],
    [Number.NaN, 'not a safe integer'],
    [2 ** 53, 'not a safe integer'],
    [[], 'an empty list'],
    ['a\0b', 'NUL'],
    ['\ud800', 'lone surrogate'],
  ])('refuses the literal %j', (value, reason) => {
    expect(() => renderSql(':v', { literals: { v: value as never } })).toThrow(reason);
  });

  it('types dates, timestamps, decimals, numbers, booleans and null', () => {
    const values = {
      a: { date: '2026-01-02' },
      b: { timestamp: '2026-01-02 03:04:05.123456' },
      c: { decimal: '-1.50' },
      d: 7n,
      e: true,
      f: null,
    };

    const sql = renderSql(':a :b :c :d :e :f', { literals: values });

    expect(sql).toBe("date '2026-01-02' timestamp '2026-01-02 03:04:05.123456' decimal '-1.50' 7 true null");
  });

  it('splits and joins any text to itself', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("'", '"', '`', '-', '/', '*', '{', '}', ':', 'a', '\n', ' ') }),
        (text) => {
          expect(
            tokenise(text)
              .map((token) => token.text)
              .join(''),
          ).toBe(text);
        },
      ),
    );
  });
});
