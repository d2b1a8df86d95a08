import { type Token, tokenise } from '../sql/tokens.ts';

/**
 * A view's text as Snowflake takes it. Only what our views use differs: nulls come last in Athena unless told otherwise,
 * and first in a descending order of Snowflake; days between dates are counted by a function of another name. The tests
 * hold the result against sqlglot's translation, so that a view which needs more than this is noticed.
 */
export function toSnowflake(sql: string): string {
  return tokenise(sql)
    .map((token, index, tokens) => (token.kind === 'code' ? translate(token.text, tokens[index + 1]) : token.text))
    .join('');
}

function translate(code: string, next: Token | undefined): string {
  const ordered = code.replace(/\bdesc\b(?!\s+nulls\b)/gi, '$& nulls last');
  // Of other units Snowflake counts the boundaries, and Athena what is full.
  return next?.text === "'day'" ? ordered.replace(/\bdate_diff(\s*\(\s*)$/i, 'datediff$1') : ordered;
}
