/** SQL text cut into tokens that, put together again, are the text. Nothing inside a literal or a comment is ever rewritten. */

export type TokenKind = 'word' | 'number' | 'string' | 'quoted' | 'backtick' | 'symbol' | 'space' | 'comment';

export interface Token {
  kind: TokenKind;
  text: string;
  /** Offset in the statement. */
  at: number;
}

/**
 * The two grammars of Athena: its DML, CTAS and views are Trino's (`"x"` is a name, `''` escapes a quote), its DDL is
 * Hive's (`` `x` `` is a name, `"x"` a string, a backslash escapes).
 */
export type Grammar = 'trino' | 'hive';

export class StatementError extends Error {
  override readonly name = 'StatementError';
}

/** Cuts a statement into tokens; throws StatementError when a literal, a quoted name or a comment does not end. */
export function tokenize(sql: string, grammar: Grammar = 'trino'): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    const end = tokenEnd(sql, at, grammar);
    tokens.push({ kind: end.kind, text: sql.slice(at, end.at), at });
    at = end.at;
  }
  return tokens;
}

/** The tokens that mean something. */
export function significant(tokens: Token[]): Token[] {
  return tokens.filter((token) => token.kind !== 'space' && token.kind !== 'comment');
}

export function isWord(token: Token | undefined, ...words: string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase());
}

export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.text === symbol;
}

/** The value of a string or a quoted name. */
export function unquote(token: Token, grammar: Grammar = 'trino'): string {
  const quote = token.text[0]!;
  const inner = token.text.slice(1, -1);
  if (token.kind === 'string' && grammar === 'hive') {
    return inner.replace(/\\(.)/gs, (_, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char);
  }
  return inner.replaceAll(quote + quote, quote);
}

/** `line 2:7`, as Athena names places. */
export function place(sql: string, at: number): string {
  const before = sql.slice(0, at).split('\n');
  return `line ${before.length}:${before.at(-1)!.length + 1}`;
}

const SPACE = /\s+/y;
const WORD = /[\p{L}_][\p{L}\p{N}_@$]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;

function tokenEnd(sql: string, at: number, grammar: Grammar): { kind: TokenKind; at: number } {
  const char = sql[at]!;
  if (sql.startsWith('--', at)) {
    const newline = sql.indexOf('\n', at);
    return { kind: 'comment', at: newline < 0 ? sql.length : newline };
  }
  if (sql.startsWith('/*', at))
    return { kind: 'comment', at: closing(sql, at, sql.indexOf('*/', at + 2), 2, 'comment') };
  if (char === "'") return { kind: 'string', at: quotedEnd(sql, at, grammar === 'hive') };
  if (char === '"') {
    return { kind: grammar === 'hive' ? 'string' : 'quoted', at: quotedEnd(sql, at, grammar === 'hive') };
  }
  if (char === '`') return { kind: 'backtick', at: quotedEnd(sql, at, false) };
  for (const [kind, pattern] of [
    ['space', SPACE],
    ['word', WORD],
    ['number', NUMBER],
  ] as const) {
    pattern.lastIndex = at;
    const match = pattern.exec(sql);
    if (match) return { kind, at: at + match[0].length };
  }
  return { kind: 'symbol', at: at + (sql.codePointAt(at)! > 0xffff ? 2 : 1) };
}

function quotedEnd(sql: string, start: number, backslash: boolean): number {
  const quote = sql[start]!;
  for (let at = start + 1; at < sql.length; at += 1) {
    if (backslash && sql[at] === '\\') at += 1;
    else if (sql[at] === quote) {
      // A doubled quote is one quote of the value; with backslashes it would be two strings.
      if (!backslash && sql[at + 1] === quote) at += 1;
      else return at + 1;
    }
  }
  return closing(sql, start, -1, 1, quote === "'" ? 'string' : 'quoted name');
}

function closing(sql: string, start: number, at: number, length: number, what: string): number {
  if (at < 0) throw new StatementError(`${place(sql, start)}: the ${what} that begins here does not end`);
  return at + length;
}
