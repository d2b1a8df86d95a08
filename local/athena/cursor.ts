import type { TableName } from './names.ts';
import type { Grammar, Token } from './tokens.ts';
import { isSymbol, isWord, place, StatementError, significant, tokenize, unquote } from './tokens.ts';

/** Walks over the tokens of one statement. Every method throws StatementError, naming the place, when it does not fit. */
export class Cursor {
  private readonly sql: string;
  private readonly grammar: Grammar;
  private readonly database: string;
  private readonly tokens: Token[];
  private index = 0;

  constructor(sql: string, grammar: Grammar, database: string) {
    this.sql = sql;
    this.grammar = grammar;
    this.database = database;
    this.tokens = significant(tokenize(sql, grammar));
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.index + ahead];
  }

  next(): Token | undefined {
    return this.tokens[this.index++];
  }

  error(message: string, token: Token | undefined = this.peek()): StatementError {
    return new StatementError(`${place(this.sql, token?.at ?? this.sql.length)}: ${message}`);
  }

  private expected(what: string): StatementError {
    const token = this.peek();
    return this.error(`mismatched input ${token ? `'${token.text}'` : "'<EOF>'"}. Expecting: ${what}`);
  }

  tryWords(...words: string[]): boolean {
    if (!words.every((word, ahead) => isWord(this.peek(ahead), word))) return false;
    this.index += words.length;
    return true;
  }

  words(...words: string[]): void {
    for (const word of words) if (!this.tryWords(word)) throw this.expected(`'${word}'`);
  }

  trySymbol(symbol: string): boolean {
    if (!isSymbol(this.peek(), symbol)) return false;
    this.index += 1;
    return true;
  }

  symbol(symbol: string): void {
    if (!this.trySymbol(symbol)) throw this.expected(`'${symbol}'`);
  }

  word(what: string): string {
    if (this.peek()?.kind !== 'word') throw this.expected(what);
    return this.next()!.text;
  }

  number(): string {
    if (this.peek()?.kind !== 'number') throw this.expected('a number');
    return this.next()!.text;
  }

  tryString(): string | undefined {
    return this.peek()?.kind === 'string' ? unquote(this.next()!, this.grammar) : undefined;
  }

  string(what: string): string {
    const value = this.tryString();
    if (value === undefined) throw this.expected(what);
    return value;
  }

  /** A name: bare, or quoted as the grammar has it. */
  name(what: string): string {
    const token = this.peek();
    if (token?.kind === 'word') return this.next()!.text.toLowerCase();
    if (token?.kind === (this.grammar === 'hive' ? 'backtick' : 'quoted')) {
      return unquote(this.next()!, this.grammar).toLowerCase();
    }
    if (this.grammar === 'hive' && token?.kind === 'string' && token.text.startsWith('"')) {
      throw this.error('in DDL, Athena quotes names with backticks, not with double quotes', token);
    }
    throw this.expected(what);
  }

  /** `[catalog.][database.]table` */
  tableName(): TableName {
    const parts = [this.name('a table name')];
    while (this.trySymbol('.')) parts.push(this.name('a table name'));
    if (parts.length > 3) throw this.error(`too many dots in the table name ${parts.join('.')}`);
    const table = parts.pop()!;
    return { database: parts.pop() ?? this.database, table };
  }

  /** `(…, …)` with a reader for each entry. */
  list<T>(read: () => T): T[] {
    this.symbol('(');
    const entries: T[] = [];
    do entries.push(read());
    while (this.trySymbol(','));
    this.symbol(')');
    return entries;
  }

  /** The text from here to the end of the statement, as it was written. */
  rest(): string {
    const token = this.peek();
    return token ? this.sql.slice(token.at).trimEnd() : '';
  }

  /** The text of the tokens up to a `,` or `)` outside all brackets, as it was written. */
  expression(): string {
    const first = this.peek();
    let depth = 0;
    while (this.peek()) {
      const token = this.peek();
      if (depth === 0 && (isSymbol(token, ',') || isSymbol(token, ')'))) break;
      if (isSymbol(token, '(') || isSymbol(token, '[')) depth += 1;
      if (isSymbol(token, ')') || isSymbol(token, ']')) depth -= 1;
      this.index += 1;
    }
    const last = this.tokens[this.index - 1];
    if (!first || !last || last.at < first.at) throw this.expected('a value');
    return this.sql.slice(first.at, last.at + last.text.length);
  }

  end(): void {
    if (this.peek()) throw this.expected('<EOF>');
  }
}
