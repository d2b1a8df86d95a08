import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { columnsOfExpression, parseExpression } from '../../../core/contract/expression.ts';
import { ContractError } from '../../../core/errors.ts';

const COLUMNS = ['a', 'b', 's', 'd', 'ts', 'day', 'offset', 'year'];

/** What DuckDB makes of an expression over one row of the columns above. */
async function evaluate(expression: string): Promise<unknown> {
  const quoted = parseExpression(expression, COLUMNS).map(({ kind, text }) => (kind === 'column' ? `"${text}"` : text));
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const row = `SELECT 3 AS a, 2.5 AS b, 'xyz' AS s, DATE '2025-01-31' AS d, TIMESTAMP '2025-01-31 10:00:00' AS ts,
    1 AS day, 2 AS "offset", 2025 AS year`;
  const rows = await (await connection.run(`SELECT (${quoted.join('')}) AS x FROM (${row})`)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows[0]?.[0];
}

describe('parseExpression', () => {
  it.each([
    ['a > 1 and not b is null', ['a', 'b']],
    ['A BETWEEN 1 AND 3', ['a']],
    ["s in ('xyz', 'it''s')", ['s']],
    ["s like 'x%' escape '!' or s ilike 'Y'", ['s']],
    ["not s like 'x!!!%!!' escape '!'", ['s']],
    ["case when s = '' then a = 1 else b >= -2.5e0 end", ['s', 'a', 'b']],
    ["d >= date '2025-01-01' and ts < timestamp '2025-02-01T00:00:00Z'", ['d', 'ts']],
    ["ts + interval 3 day > timestamp '2025-01-31 10:00:00' and day = 1", ['ts', 'day']],
    ["ts + interval '1' hour > ts", ['ts']],
    ['extract(day from d) = 31 and year(d) = year', ['d', 'year']],
    ["date_part('month', d) = 1 and month(ts) = 1 and day(ts) = 31 and hour(ts) = 10", ['d', 'ts']],
    ["date_trunc('month', d) = date '2025-01-01' and minute(ts) + second(ts) = 0", ['d', 'ts']],
    ["date_diff('day', d, date '2025-02-01') = 1", ['d']],
    ['cast(a as decimal(10,2)) = 3 and try_cast(s as integer) is null', ['a', 's']],
    ['abs(a) + floor(b) + ceil(b) + round(b, 0) + sign(a) + mod(a, 2) > 0', ['a', 'b']],
    ["coalesce(nullif(s, 'q'), 'r') || 'w' = 'xyzw' and greatest(a, 9) > least(a, 1)", ['s', 'a']],
    ["lower(upper(trim(ltrim(rtrim(s))))) = 'xyz' and length(s) = 3", ['s']],
    ["substr(s, 1, 1) = substring(s, 1, 1) and replace(s, 'x', '') = 'yz'", ['s']],
    ["starts_with(s, 'x') and ends_with(s, 'z') and contains(s, 'y')", ['s']],
    ["regexp_matches(s, '^x') and regexp_full_match(s, '[a-z]+')", ['s']],
    ['(s is distinct from null) = true and offset % 2 = 0', ['s', 'offset']],
  ])('reads %s, which the engine evaluates, too', async (expression, columns) => {
    const tokens = parseExpression(expression, COLUMNS);

    expect(columnsOfExpression(tokens)).toEqual(columns);
    expect(await evaluate(expression)).toBe(true);
  });

  it('keeps every character but the case of columns', () => {
    const tokens = parseExpression(' A  >=\n 1.5 AND s <> \'A "b"; -- \' ', COLUMNS);

    expect(tokens.map(({ text }) => text).join('')).toBe(' a  >=\n 1.5 AND s <> \'A "b"; -- \'');
  });

  it.each([
    ['true', 'the expression names no column'],
    ['', 'the expression names no column'],
    ['c > 1', '"c" is no column of this contract'],
    ["s like 'x' escape 'bc'", /^escape must stand between two texts, like/],
    ["s like s escape '!'", /^escape must stand between two texts, like/],
    ["s like 'x!!!' escape '!'", "the pattern 'x!!!' ends with its escape character"],
    ['a > 1; drop table x', '";" at character 6 has no place in an expression: it is one condition and no statement'],
    ['a > 1 -- b', '"--" begins a comment; the expression can not have any'],
    ['a /* b */ > 1', '"/*" begins a comment; the expression can not have any'],
    ['a = (select 1)', '"select" has no place in an expression, which sees one row and no table'],
    ['a = count(b)', /^"count" is no function that can be used; possible are abs, /],
    ["s = read_text('/etc/passwd')", /^"read_text" is no function/],
    ['a = random()', /^"random" is no function/],
    ['ts < now()', /^"now" is no function/],
    ['ts < current_timestamp', '"current_timestamp" is no column of this contract'],
    ['"a" > 1', /^"\\"" at character 1 has no place in an expression: columns stand without quotes/],
    ["s = 'x", 'the text that begins at character 5 does not end'],
    ["s = e'\\n'", `"e" and "'\\n'" at character 6 need a space between`],
    ['a > 1_000', '"1" and "_000" at character 6 need a space between'],
    ['a == 1', '"==" at character 3 has no place in an expression: equality is a single ='],
    ['a <-1', '"<-" at character 3 has no place in an expression: put spaces between operators'],
    ['a::int > 1', '":" at character 2 has no place in an expression'],
    ['a[1] = 1', '"[" at character 2 has no place in an expression'],
    ['a.b = 1', '"." at character 2 has no place in an expression'],
    ['a -> b', '"->" at character 3 has no place in an expression: put spaces between operators'],
    ['cast(a as blob) = s', /^"blob" is no type; possible are varchar, /],
    ['extract(epoch from ts) > 1', /^"epoch" is no unit of time; possible are year, /],
    ["d > date '2025-02-30'", "date '2025-02-30' is none; it reads like '2025-01-31'"],
    ["ts > timestamp 'now'", "timestamp 'now' is none; it reads like '2025-01-31 23:59:59'"],
    ['d > date', "date must be followed by a text like '2025-01-31'"],
    ['(a > 1', 'a bracket "(" is not closed'],
    ['a > 1) or (b > 1', 'the bracket ")" at character 6 was not opened'],
    ['a (1) = 1', /^"a" is no function/],
  ])('refuses %s', (expression, reason) => {
    const read = () => parseExpression(expression, COLUMNS);

    expect(read).toThrow(ContractError);
    expect(read).toThrow(reason instanceof RegExp ? reason : new Error(reason));
  });

  it('never lets a word pass that it does not know, whatever stands around it', () => {
    const parts = [
      'a',
      'b',
      ' ',
      '(',
      ')',
      ',',
      '+',
      '--',
      "'",
      '"',
      ';',
      'select',
      'pragma',
      'and',
      '1',
      '/*',
      '.',
      'é',
    ];
    const seen = { passed: 0 };

    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        try {
          parseExpression(text, COLUMNS);
        } catch (error) {
          expect(error).toBeInstanceOf(ContractError);
          return;
        }
        seen.passed++;
        const code = text.replace(/'(?:[^']|'')*'/g, "''");
        expect(code).not.toMatch(/select|pragma|;|--|\/\*|"|é|[a-z]\./);
      }),
      { numRuns: 6000, verbose: true },
    );

    expect(seen.passed).toBeGreaterThan(50);
  });
});
