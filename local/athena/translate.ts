import { Cursor } from './cursor.ts';
import type { TableName } from './names.ts';
import { quoteName, quoteTable, quoteText } from './names.ts';
import { checkProperties, fileFormat, snapshotAge } from './properties.ts';
import type { Token } from './tokens.ts';
import { isSymbol, isWord, place, StatementError, significant, tokenize } from './tokens.ts';
import { readType } from './types.ts';

export interface Translation {
  statementType: 'DML' | 'DDL' | 'UTILITY';
  substatementType: string;
  /** What Trino is asked, one after the other. */
  statements: string[];
  /** What is known of the table's properties once all statements have succeeded; `keep` leaves those of a table that was there. */
  remember?: { table: TableName; change: 'replace' | 'merge' | 'keep' | 'forget'; properties: Record<string, string> };
}

export interface TranslationContext {
  /** The database of unqualified names. */
  database: string;
  /** Properties that an earlier statement gave the table. */
  properties(table: TableName): Record<string, string>;
}

const QUERIES = ['SELECT', 'WITH', 'VALUES', 'TABLE'];
const ROW_CHANGES = ['INSERT', 'UPDATE', 'DELETE', 'MERGE'];

/**
 * Puts one Athena statement into Trino's words; what both take alike goes through untouched. Throws StatementError for
 * what Athena would refuse, and for what it would take but this server cannot do, saying which.
 */
export function translate(sql: string, context: TranslationContext): Translation {
  const text = oneStatement(sql);
  const [first = '', second = '', third = ''] = leadingWords(text);
  if (QUERIES.includes(first)) return dml('SELECT', text);
  if (ROW_CHANGES.includes(first)) return dml(first, text);
  if (first === 'EXPLAIN') return { ...dml('EXPLAIN', text), statementType: 'UTILITY' };
  switch (`${first} ${second}`) {
    case 'CREATE TABLE':
      return isColumnList(text) ? createTable(text, context) : createTableAs(text, context);
    case 'CREATE EXTERNAL':
      throw new StatementError(
        'CREATE EXTERNAL TABLE is not available on the local Athena: register external tables through Glue CreateTable',
      );
    case 'CREATE VIEW':
      return { statementType: 'DDL', substatementType: 'CREATE_VIEW', statements: [timeTravel(text)] };
    case 'CREATE OR':
      if (leadingWords(text)[3] !== 'VIEW') break;
      return { statementType: 'DDL', substatementType: 'CREATE_VIEW', statements: [timeTravel(text)] };
    case 'DROP VIEW':
      return { statementType: 'DDL', substatementType: 'DROP_VIEW', statements: [text] };
    case 'CREATE DATABASE':
    case 'CREATE SCHEMA':
      return createDatabase(text, context);
    case 'DROP DATABASE':
    case 'DROP SCHEMA':
      return dropDatabase(text, context);
    case 'DROP TABLE':
      return dropTable(text, context);
    case 'ALTER TABLE':
      return alterTable(text, context);
  }
  switch (first) {
    case '':
      if (text.trimStart().startsWith('(')) return dml('SELECT', text);
      throw new StatementError('the query string holds no statement');
    case 'OPTIMIZE':
      return optimize(text, context);
    case 'VACUUM':
      return vacuum(text, context);
    case 'SHOW':
      return show(text, context);
    case 'DESCRIBE':
    case 'DESC':
      return describe(text, context);
    case 'UNLOAD':
    case 'MSCK':
    case 'PREPARE':
    case 'EXECUTE':
    case 'DEALLOCATE':
      throw new StatementError(`${first} is not available on the local Athena`);
    default:
      throw new StatementError(
        `${place(text, text.indexOf(firstWordOf(text)))}: Athena has no statement ${[first, second, third].filter(Boolean).join(' ')}`,
      );
  }
}

function dml(substatementType: string, text: string): Translation {
  return { statementType: 'DML', substatementType, statements: [timeTravel(text)] };
}

/** Without the closing semicolon; throws StatementError if another statement follows it, as Athena does. */
function oneStatement(sql: string): string {
  const grammar = isHiveGrammar(sql) ? 'hive' : 'trino';
  const tokens = tokenize(sql, grammar);
  const meaning = significant(tokens);
  const at = meaning.findIndex((token) => isSymbol(token, ';'));
  if (at < 0) return sql;
  if (meaning.slice(at).some((token) => !isSymbol(token, ';'))) {
    throw new StatementError(`Only one sql statement is allowed. Got: ${sql}`);
  }
  return sql.slice(0, meaning[at]!.at);
}

const LEADING_COMMENTS = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;

function leadingWords(sql: string): string[] {
  const match = /^(?:[A-Za-z]+\s*){0,4}/.exec(sql.replace(LEADING_COMMENTS, ''));
  return (match?.[0].trim().split(/\s+/) ?? []).map((word) => word.toUpperCase());
}

function firstWordOf(sql: string): string {
  return /^\S*/.exec(sql.replace(LEADING_COMMENTS, ''))![0];
}

const COLUMN_LIST = /^CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[^\s('"]*(?:"[^"]*"[^\s(']*)*\s*\(/i;

/** Whether a CREATE TABLE lists columns (Hive's grammar) rather than selecting them (Trino's). */
function isColumnList(sql: string): boolean {
  return COLUMN_LIST.test(sql.replace(LEADING_COMMENTS, '')) && leadingWords(sql)[1] === 'TABLE';
}

function isHiveGrammar(sql: string): boolean {
  const [first = '', second = ''] = leadingWords(sql);
  if (first === 'CREATE') return ['DATABASE', 'SCHEMA', 'EXTERNAL'].includes(second) || isColumnList(sql);
  if (first === 'DROP') return second !== 'VIEW';
  return ['ALTER', 'SHOW', 'DESCRIBE', 'DESC', 'MSCK'].includes(first);
}

/** `FOR SYSTEM_TIME AS OF` and `FOR SYSTEM_VERSION AS OF` were Athena's words before engine version 3 and still work. */
function timeTravel(sql: string): string {
  const tokens = tokenize(sql);
  let before: Token | undefined;
  return tokens
    .map((token) => {
      const previous = before;
      if (token.kind !== 'space' && token.kind !== 'comment') before = token;
      if (!isWord(previous, 'FOR')) return token.text;
      if (isWord(token, 'SYSTEM_TIME')) return 'TIMESTAMP';
      return isWord(token, 'SYSTEM_VERSION') ? 'VERSION' : token.text;
    })
    .join('');
}

function ddl(substatementType: string, ...statements: string[]): Translation {
  return { statementType: 'DDL', substatementType, statements };
}

/** `('key' = 'value', …)` */
function readProperties(cursor: Cursor): Record<string, string> {
  const entries = cursor.list(() => {
    const key = cursor.string('a property name in quotes').toLowerCase();
    cursor.symbol('=');
    return [key, cursor.string('a property value in quotes')] as const;
  });
  return Object.fromEntries(entries);
}

const TRANSFORMS = ['YEAR', 'MONTH', 'DAY', 'HOUR'];

function createTable(sql: string, context: TranslationContext): Translation {
  const cursor = new Cursor(sql, 'hive', context.database);
  cursor.words('CREATE', 'TABLE');
  const ifNotExists = cursor.tryWords('IF', 'NOT', 'EXISTS') ? 'IF NOT EXISTS ' : '';
  const table = cursor.tableName();
  const columns: { name: string; sql: string }[] = cursor.list(() => {
    const name = cursor.name('a column name');
    const type = readType(cursor);
    const comment = cursor.tryWords('COMMENT') ? ` COMMENT ${quoteText(cursor.string('a comment'))}` : '';
    return { name, sql: `${quoteName(name)} ${type}${comment}` };
  });
  const comment = cursor.tryWords('COMMENT') ? ` COMMENT ${quoteText(cursor.string('a comment'))}` : '';
  const partitioning = cursor.tryWords('PARTITIONED', 'BY')
    ? cursor.list(() => readTransform(cursor, new Set(columns.map((column) => column.name))))
    : [];
  const location = cursor.tryWords('LOCATION') ? cursor.string('a location') : undefined;
  const { table_type: tableType, ...properties } = cursor.tryWords('TBLPROPERTIES') ? readProperties(cursor) : {};
  cursor.end();

  if (tableType?.toUpperCase() !== 'ICEBERG') {
    throw new StatementError(
      "External keyword required for table type HIVE (an Iceberg table says TBLPROPERTIES ('table_type'='ICEBERG'))",
    );
  }
  if (location === undefined) throw new StatementError('Location is required for an Iceberg table');
  checkLocation(location);
  checkProperties(properties);
  const settings = [`format = ${quoteText(fileFormat(properties))}`, `location = ${quoteText(location)}`];
  if (partitioning.length > 0) settings.push(`partitioning = ARRAY[${partitioning.map(quoteText).join(', ')}]`);
  return {
    ...ddl(
      'CREATE_TABLE',
      `CREATE TABLE ${ifNotExists}${quoteTable(table)} (${columns.map((column) => column.sql).join(', ')})${comment} WITH (${settings.join(', ')})`,
    ),
    remember: { table, change: ifNotExists ? 'keep' : 'replace', properties },
  };
}

function checkLocation(location: string): void {
  if (!/^s3:\/\/[^/]+\/./.test(location)) {
    throw new StatementError(
      `The location of a table is a folder in S3, such as s3://bucket/folder/, not '${location}'`,
    );
  }
}

/** One entry of PARTITIONED BY, in Trino's words: its column comes first. */
function readTransform(cursor: Cursor, columns: Set<string>): string {
  const start = cursor.peek();
  const column = () => {
    const token = cursor.peek();
    const name = cursor.name('a column name');
    if (!columns.has(name)) throw cursor.error(`the partition column ${name} is not a column of the table`, token);
    return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteName(name);
  };
  if (!isSymbol(cursor.peek(1), '(')) return column();
  const transform = cursor.word('a partition transform').toUpperCase();
  cursor.symbol('(');
  let result: string;
  if (TRANSFORMS.includes(transform)) result = `${transform.toLowerCase()}(${column()})`;
  else if (transform === 'BUCKET' || transform === 'TRUNCATE') {
    const width = cursor.number();
    cursor.symbol(',');
    result = `${transform.toLowerCase()}(${column()}, ${width})`;
  } else throw cursor.error(`there is no partition transform ${transform.toLowerCase()}`, start);
  cursor.symbol(')');
  return result;
}

function createTableAs(sql: string, context: TranslationContext): Translation {
  const cursor = new Cursor(sql, 'trino', context.database);
  cursor.words('CREATE', 'TABLE');
  const ifNotExists = cursor.tryWords('IF', 'NOT', 'EXISTS') ? 'IF NOT EXISTS ' : '';
  const table = cursor.tableName();
  const given = new Map<string, string>();
  if (cursor.tryWords('WITH')) {
    cursor.list(() => {
      const name = cursor.name('a property name');
      cursor.symbol('=');
      given.set(name, cursor.expression());
    });
  }
  cursor.words('AS');
  const query = timeTravel(cursor.rest());
  const take = (name: string) => {
    const value = given.get(name);
    given.delete(name);
    return value;
  };
  const tableType = textOf(take('table_type'));
  if (tableType?.toUpperCase() !== 'ICEBERG') {
    throw new StatementError("the local Athena creates Iceberg tables only: WITH (table_type = 'ICEBERG', …)");
  }
  if (take('is_external')?.toLowerCase() !== 'false') {
    throw new StatementError('is_external = false is required when table_type is ICEBERG');
  }
  const location = textOf(take('location'));
  if (location === undefined) throw new StatementError('Table location is required when table_type is ICEBERG');
  checkLocation(location);
  const partitioning = take('partitioning');
  const properties = Object.fromEntries([...given].map(([key, value]) => [key, textOf(value) ?? value]));
  checkProperties(properties);
  const settings = [`format = ${quoteText(fileFormat(properties))}`, `location = ${quoteText(location)}`];
  if (partitioning !== undefined) settings.push(`partitioning = ${partitioning}`);
  return {
    ...ddl(
      'CREATE_TABLE_AS_SELECT',
      `CREATE TABLE ${ifNotExists}${quoteTable(table)} WITH (${settings.join(', ')}) AS ${query}`,
    ),
    remember: { table, change: ifNotExists ? 'keep' : 'replace', properties },
  };
}

/** The value of a string literal. */
function textOf(expression: string | undefined): string | undefined {
  const match = /^'((?:[^']|'')*)'$/s.exec(expression ?? '');
  return match?.[1]?.replaceAll("''", "'");
}

function createDatabase(sql: string, context: TranslationContext): Translation {
  const cursor = new Cursor(sql, 'hive', context.database);
  cursor.words('CREATE');
  cursor.next();
  const ifNotExists = cursor.tryWords('IF', 'NOT', 'EXISTS') ? 'IF NOT EXISTS ' : '';
  const name = cursor.name('a database name');
  if (cursor.tryWords('COMMENT')) cursor.string('a comment');
  const location = cursor.tryWords('LOCATION') ? cursor.string('a location') : undefined;
  if (cursor.tryWords('WITH', 'DBPROPERTIES')) readProperties(cursor);
  cursor.end();
  const settings = location === undefined ? '' : ` WITH (location = ${quoteText(location)})`;
  return ddl('CREATE_DATABASE', `CREATE SCHEMA ${ifNotExists}${quoteName(name)}${settings}`);
}

function dropDatabase(sql: string, context: TranslationContext): Translation {
  const cursor = new Cursor(sql, 'hive', context.database);
  cursor.words('DROP');
  cursor.next();
  const ifExists = cursor.tryWords('IF', 'EXISTS') ? 'IF EXISTS ' : '';
  const name = cursor.name('a database name');
  const cascade = cursor.tryWords('CASCADE') ? ' CASCADE' : '';
  if (!cascade) cursor.tryWords('RESTRICT');
  cursor.end();
  return ddl('DROP_DATABASE', `DROP SCHEMA ${ifExists}${quoteName(name)}${cascade}`);
}

function dropTable(sql: string, context: TranslationContext): Translation {
  const cursor = new Cursor(sql, 'hive', context.database);
  cursor.words('DROP', 'TABLE');
  const ifExists = cursor.tryWords('IF', 'EXISTS') ? 'IF EXISTS ' : '';
  const table = cursor.tableName();
  cursor.end();
  return {
    ...ddl('DROP_TABLE', `DROP TABLE ${ifExists}${quoteTable(table)}`),
    remember: { table, change: 'forget', properties: {} },
  };
}

function alterTable(sql: string, context: TranslationContext): Translation {
  const cursor = new Cursor(sql, 'hive', context.database);
  cursor.words('ALTER', 'TABLE');
  const table = cursor.tableName();
  const alter = `ALTER TABLE ${quoteTable(table)}`;
  if (cursor.tryWords('ADD', 'COLUMNS')) {
    // Trino adds one column a statement; Athena's single commit becomes several.
    const columns = cursor.list(() => {
      const name = cursor.name('a column name');
      const type = readType(cursor);
      const comment = cursor.tryWords('COMMENT') ? ` COMMENT ${quoteText(cursor.string('a comment'))}` : '';
      return `${alter} ADD COLUMN ${quoteName(name)} ${type}${comment}`;
    });
    cursor.end();
    return ddl('ALTER_TABLE_ADD_COLUMNS', ...columns);
  }
  if (cursor.tryWords('SET', 'TBLPROPERTIES')) {
    const properties = readProperties(cursor);
    cursor.end();
    checkProperties(properties);
    // The table must exist; the properties are kept by this server, since Trino has no place for them.
    return {
      ...ddl('ALTER_TABLE_SET_PROPERTIES', `DESCRIBE ${quoteTable(table)}`),
      remember: { table, change: 'merge', properties },
    };
  }
  if (cursor.tryWords('DROP', 'COLUMN')) {
    const name = cursor.name('a column name');
    cursor.end();
    return ddl('ALTER_TABLE_DROP_COLUMN', `${alter} DROP COLUMN ${quoteName(name)}`);
  }
  if (cursor.tryWords('RENAME', 'TO')) {
    const target = cursor.tableName();
    cursor.end();
    return ddl('ALTER_TABLE_RENAME', `${alter} RENAME TO ${quoteTable(target)}`);
  }
  if (cursor.tryWords('CHANGE')) {
    cursor.tryWords('COLUMN');
    const from = cursor.name('a column name');
    const to = cursor.name('a column name');
    const type = readType(cursor);
    cursor.end();
    const rename = from === to ? [] : [`${alter} RENAME COLUMN ${quoteName(from)} TO ${quoteName(to)}`];
    return ddl('ALTER_TABLE_CHANGE_COLUMN', ...rename, `${alter} ALTER COLUMN ${quoteName(to)} SET DATA TYPE ${type}`);
  }
  throw cursor.error(`ALTER TABLE … ${cursor.rest().split(/\s/, 1)[0]} is not available on the local Athena`);
}

function optimize(sql: string, context: TranslationContext): Translation {
  const cursor = new Cursor(sql, 'trino', context.database);
  cursor.words('OPTIMIZE');
  const table = cursor.tableName();
  cursor.words('REWRITE', 'DATA', 'USING', 'BIN_PACK');
  if (cursor.peek() && !isWord(cursor.peek(), 'WHERE')) cursor.words('WHERE');
  const where = cursor.rest();
  return {
    statementType: 'DML',
    substatementType: 'OPTIMIZE',
    statements: [`ALTER TABLE ${quoteTable(table)} EXECUTE optimize${where ? ` ${where}` : ''}`],
  };
}

function vacuum(sql: string, context: TranslationContext): Translation {
  const cursor = new Cursor(sql, 'trino', context.database);
  cursor.words('VACUUM');
  const table = cursor.tableName();
  cursor.end();
  const threshold = `(retention_threshold => '${snapshotAge(context.properties(table))}s')`;
  const alter = `ALTER TABLE ${quoteTable(table)} EXECUTE`;
  return {
    statementType: 'DML',
    substatementType: 'VACUUM',
    statements: [`${alter} expire_snapshots${threshold}`, `${alter} remove_orphan_files${threshold}`],
  };
}

function utility(substatementType: string, statement: string): Translation {
  return { statementType: 'UTILITY', substatementType, statements: [statement] };
}

function show(sql: string, context: TranslationContext): Translation {
  const cursor = new Cursor(sql, 'hive', context.database);
  cursor.words('SHOW');
  if (cursor.tryWords('DATABASES') || cursor.tryWords('SCHEMAS')) {
    cursor.tryWords('LIKE');
    const pattern = like(cursor);
    return utility(
      'SHOW_DATABASES',
      // Trino's own two are no databases of Glue.
      `SELECT schema_name AS database_name FROM information_schema.schemata WHERE schema_name NOT IN ('information_schema', 'system')${pattern && ` AND schema_name${pattern}`} ORDER BY 1`,
    );
  }
  if (cursor.tryWords('TABLES')) {
    const database =
      cursor.tryWords('IN') || cursor.tryWords('FROM') ? cursor.name('a database name') : context.database;
    return utility('SHOW_TABLES', `SHOW TABLES FROM ${quoteName(database)}${like(cursor)}`);
  }
  if (cursor.tryWords('COLUMNS')) {
    if (!cursor.tryWords('IN')) cursor.words('FROM');
    const table = cursor.tableName();
    const database = cursor.tryWords('IN') || cursor.tryWords('FROM') ? cursor.name('a database name') : table.database;
    cursor.end();
    return utility('SHOW_COLUMNS', `SHOW COLUMNS FROM ${quoteTable({ ...table, database })}`);
  }
  for (const kind of ['TABLE', 'VIEW']) {
    if (!cursor.tryWords('CREATE', kind)) continue;
    const table = cursor.tableName();
    cursor.end();
    return utility(`SHOW_CREATE_${kind}`, `SHOW CREATE ${kind} ${quoteTable(table)}`);
  }
  throw cursor.error(`SHOW ${cursor.rest()} is not available on the local Athena`);
}

/** Athena's pattern (`*` for any text) as Trino's. */
function like(cursor: Cursor): string {
  const pattern = cursor.tryString();
  cursor.end();
  if (pattern === undefined) return '';
  const escaped = pattern.replace(/[_\\%]/g, '\\$&').replaceAll('*', '%');
  return ` LIKE ${quoteText(escaped)} ESCAPE '\\'`;
}

function describe(sql: string, context: TranslationContext): Translation {
  const cursor = new Cursor(sql, 'hive', context.database);
  cursor.next();
  if (!cursor.tryWords('EXTENDED')) cursor.tryWords('FORMATTED');
  const table = cursor.tableName();
  cursor.end();
  return utility('DESCRIBE_TABLE', `DESCRIBE ${quoteTable(table)}`);
}

/** The statement's type for GetQueryExecution, also when it will fail. */
export function kindOf(sql: string): Pick<Translation, 'statementType' | 'substatementType'> {
  try {
    const { statementType, substatementType } = translate(sql, { database: 'default', properties: () => ({}) });
    return { statementType, substatementType };
  } catch {
    const first = leadingWords(sql)[0] || 'UNKNOWN';
    return { statementType: ['CREATE', 'DROP', 'ALTER'].includes(first) ? 'DDL' : 'UTILITY', substatementType: first };
  }
}
