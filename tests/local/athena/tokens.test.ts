import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StatementError, significant, tokenize, unquote } from '../../../local/athena/tokens.ts';

describe('tokenize', () => {
  it.each(['trino', 'hive'] as const)('loses nothing of a statement in the grammar of %s', (grammar) => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string(), fc.constantFrom("'", '"', '`', '--', '\n', '/*', '*/', 'a', '1.5e3', '\\', ' ')),
        ),
        (parts) => {
          const sql = parts.join('');
          let tokens: string;
          try {
            tokens = tokenize(sql, grammar)
              .map((token) => token.text)
              .join('');
          } catch (error) {
            expect(error).toBeInstanceOf(StatementError);
            return;
          }

          expect(tokens).toBe(sql);
        },
      ),
    );
  });

  it('knows the kinds', () => {
    const tokens = significant(tokenize(`select "a""b", 'it''s', 1.5e3 /* x */ from t -- end`));

    expect(tokens.map((token) => `${token.kind} ${token.text}`)).toEqual([
      'word select',
      'quoted "a""b"',
      'symbol ,',
      "string 'it''s'",
      'symbol ,',
      'number 1.5e3',
      'word from',
      'word t',
    ]);
  });

  it("reads Hive's strings with their escapes, and its names", () => {
    const values = significant(tokenize(`"a\\"b" 'it\\'s' \`c\`\`d\``, 'hive')).map((token) => unquote(token, 'hive'));

    expect(values).toEqual(['a"b', "it's", 'c`d']);
  });

  it('names the place where a literal begins that does not end', () => {
    expect(() => tokenize("select\n  'never")).toThrow('line 2:3: the string that begins here does not end');
  });
});
