import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { kindOf, translate } from '../../../local/athena/translate.ts';

const context = { database: 'silver', properties: () => ({}) };
const statements = (sql: string) => translate(sql, context).statements;

const CREATE = `
CREATE TABLE IF NOT EXISTS silver.orders (
  order_id string COMMENT 'it\\'s the key', -- the key
  \`order ts\` timestamp, amount decimal(12, 2), lines int, big bigint, share double, ok boolean, day date,
  tags array<string>, attributes map<string, array<int>>, address struct<street:string, \`zip\`:int>
)
COMMENT "orders; all of them"
PARTITIONED BY (day(\`order ts\`), bucket(16, order_id), truncate(4, order_id), year(day), ok)
LOCATION 's3://lake/silver/orders/'
TBLPROPERTIES ('table_type'='ICEBERG', "format"="parquet", 'vacuum_max_snapshot_age_seconds'='604800')`;

describe('CREATE TABLE', () => {
  it("becomes Trino's, with types, comments, partitioning and location", () => {
    const [sql] = statements(CREATE);

    expect(sql).toBe(
      'CREATE TABLE IF NOT EXISTS "silver"."orders" (' +
        `"order_id" varchar COMMENT 'it''s the key', "order ts" timestamp(6), "amount" decimal(12, 2), "lines" integer, ` +
        '"big" bigint, "share" double, "ok" boolean, "day" date, "tags" array(varchar), ' +
        '"attributes" map(varchar, array(integer)), "address" row("street" varchar, "zip" integer)) ' +
        `COMMENT 'orders; all of them' WITH (format = 'PARQUET', location = 's3://lake/silver/orders/', ` +
        `partitioning = ARRAY['day("order ts")', 'bucket(order_id, 16)', 'truncate(order_id, 4)', 'year(day)', 'ok'])`,
    );
  });

  it('remembers the properties that Trino has no place for', () => {
    const { remember } = translate(CREATE, context);

    expect(remember).toEqual({
      table: { database: 'silver', table: 'orders' },
      change: 'keep',
      properties: { format: 'parquet', vacuum_max_snapshot_age_seconds: '604800' },
    });
  });

  const withTail = (tail: string, columns = 'a int') => `CREATE TABLE t (${columns}) ${tail}`;
  const ICEBERG = `LOCATION 's3://b/t/' TBLPROPERTIES ('table_type'='ICEBERG')`;

  it.each([
    [
      'a property that Athena does not know',
      withTail(`LOCATION 's3://b/t/' TBLPROPERTIES ('table_type'='ICEBERG','write.format.default'='x')`),
      'Unsupported table property key: write.format.default',
    ],
    [
      'a property value that is no number',
      withTail(`LOCATION 's3://b/t/' TBLPROPERTIES ('table_type'='ICEBERG','vacuum_min_snapshots_to_keep'='few')`),
      'must be a whole number',
    ],
    ['no table type', withTail(`LOCATION 's3://b/t/'`), 'External keyword required for table type HIVE'],
    ['no location', withTail(`TBLPROPERTIES ('table_type'='ICEBERG')`), 'Location is required'],
    [
      'a location outside S3',
      withTail(`LOCATION '/tmp/t' TBLPROPERTIES ('table_type'='ICEBERG')`),
      'is a folder in S3',
    ],
    [
      'a type that Iceberg lacks',
      withTail(ICEBERG, 'a tinyint'),
      'line 1:19: Iceberg tables have no column type tinyint',
    ],
    [
      'a partition column that is no column',
      withTail(`PARTITIONED BY (day(b)) ${ICEBERG}`),
      'the partition column b is not a column',
    ],
    ['a transform that does not exist', withTail(`PARTITIONED BY (week(a)) ${ICEBERG}`), 'no partition transform week'],
    ['a name in double quotes', withTail(ICEBERG, '"a" int'), 'backticks, not with double quotes'],
    ['words after the end', withTail(`${ICEBERG} CLUSTERED`), "mismatched input 'CLUSTERED'"],
    [
      'an external table',
      "CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b/t/'",
      'register external tables through Glue',
    ],
  ])('is refused with %s', (_what, sql, reason) => {
    expect(() => translate(sql, context)).toThrow(reason);
  });
});

describe('CREATE TABLE AS', () => {
  const ctas = (properties: string, rest = 'SELECT 1 AS a WITH NO DATA') =>
    `create table x with (${properties}) as ${rest}`;
  const REQUIRED = "table_type = 'ICEBERG', location = 's3://b/x/', is_external = false";

  it("keeps the query and Trino's part of the properties", () => {
    const [sql] = statements(
      ctas(
        `${REQUIRED}, format = 'PARQUET', partitioning = ARRAY['day(ts)', 'bucket(id, 16)']`,
        'SELECT ts, \', ) as\' AS "a b" FROM y WITH NO DATA',
      ),
    );

    expect(sql).toBe(
      `CREATE TABLE "silver"."x" WITH (format = 'PARQUET', location = 's3://b/x/', partitioning = ARRAY['day(ts)', 'bucket(id, 16)']) AS SELECT ts, ', ) as' AS "a b" FROM y WITH NO DATA`,
    );
  });

  it.each([
    ["location = 's3://b/x/', is_external = false", "table_type = 'ICEBERG'"],
    ["table_type = 'ICEBERG', location = 's3://b/x/'", 'is_external = false is required'],
    ["table_type = 'ICEBERG', is_external = false", 'location is required'],
    [`${REQUIRED}, bucketed_by = ARRAY['a']`, 'Unsupported table property key: bucketed_by'],
  ])('is refused with (%s)', (properties, reason) => {
    expect(() => translate(ctas(properties), context)).toThrow(reason);
  });
});

describe('maintenance', () => {
  it.each([
    ['OPTIMIZE orders REWRITE DATA USING BIN_PACK', 'ALTER TABLE "silver"."orders" EXECUTE optimize'],
    [
      'optimize "gold"."orders" rewrite data using bin_pack where day >= date \'2026-01-01\'',
      'ALTER TABLE "gold"."orders" EXECUTE optimize where day >= date \'2026-01-01\'',
    ],
  ])('%s', (sql, expected) => {
    expect(statements(sql)).toEqual([expected]);
  });

  it('lets VACUUM keep snapshots for as long as the table says', () => {
    const properties = (table: { database: string; table: string }): Record<string, string> =>
      table.database === 'gold' && table.table === 'orders' ? { vacuum_max_snapshot_age_seconds: '60' } : {};

    const { statements: own } = translate('VACUUM gold.orders', { database: 'silver', properties });
    const { statements: other } = translate('VACUUM orders', { database: 'silver', properties });

    expect(own).toEqual([
      `ALTER TABLE "gold"."orders" EXECUTE expire_snapshots(retention_threshold => '60s')`,
      `ALTER TABLE "gold"."orders" EXECUTE remove_orphan_files(retention_threshold => '60s')`,
    ]);
    expect(other[0]).toContain('432000s');
  });
});

describe('DDL', () => {
  it.each([
    [
      "ALTER TABLE t ADD COLUMNS (a int, b array<string> COMMENT 'b')",
      [
        'ALTER TABLE "silver"."t" ADD COLUMN "a" integer',
        `ALTER TABLE "silver"."t" ADD COLUMN "b" array(varchar) COMMENT 'b'`,
      ],
    ],
    ['ALTER TABLE t DROP COLUMN a', ['ALTER TABLE "silver"."t" DROP COLUMN "a"']],
    [
      'ALTER TABLE t CHANGE COLUMN a b bigint',
      [
        'ALTER TABLE "silver"."t" RENAME COLUMN "a" TO "b"',
        'ALTER TABLE "silver"."t" ALTER COLUMN "b" SET DATA TYPE bigint',
      ],
    ],
    ['ALTER TABLE t RENAME TO gold.u', ['ALTER TABLE "silver"."t" RENAME TO "gold"."u"']],
    [
      "CREATE DATABASE IF NOT EXISTS `x-y` COMMENT 'c' LOCATION 's3://b/x/'",
      [`CREATE SCHEMA IF NOT EXISTS "x-y" WITH (location = 's3://b/x/')`],
    ],
    ['create schema x', ['CREATE SCHEMA "x"']],
    ['DROP DATABASE IF EXISTS x CASCADE', ['DROP SCHEMA IF EXISTS "x" CASCADE']],
    ['DROP TABLE IF EXISTS awsdatacatalog.gold.`T`', ['DROP TABLE IF EXISTS "gold"."t"']],
    ["SHOW TABLES IN gold 'daily_*'", [`SHOW TABLES FROM "gold" LIKE 'daily\\_%' ESCAPE '\\'`]],
    ['show tables', ['SHOW TABLES FROM "silver"']],
    ['SHOW COLUMNS IN t', ['SHOW COLUMNS FROM "silver"."t"']],
    ['SHOW CREATE TABLE gold.t', ['SHOW CREATE TABLE "gold"."t"']],
    ['DESCRIBE FORMATTED t', ['DESCRIBE "silver"."t"']],
  ])('%s', (sql, expected) => {
    expect(statements(sql)).toEqual(expected);
  });

  it('remembers changed properties, and forgets a dropped table', () => {
    const set = translate("ALTER TABLE t SET TBLPROPERTIES ('vacuum_min_snapshots_to_keep'='2')", context).remember;
    const drop = translate('DROP TABLE t', context).remember;

    expect(set).toMatchObject({ change: 'merge', properties: { vacuum_min_snapshots_to_keep: '2' } });
    expect(drop).toMatchObject({ change: 'forget', table: { database: 'silver', table: 't' } });
  });

  it.each([
    ['ALTER TABLE t ADD PARTITION (a=1)', 'ALTER TABLE … ADD is not available on the local Athena'],
    ['SHOW PARTITIONS t', 'SHOW PARTITIONS t is not available on the local Athena'],
    ['MSCK REPAIR TABLE t', 'MSCK is not available on the local Athena'],
    ['UNLOAD (SELECT 1) TO x', 'UNLOAD is not available on the local Athena'],
    ['TRUNCATE TABLE t', 'line 1:1: Athena has no statement TRUNCATE TABLE T'],
    ['-- why\nCALL system.x()', 'line 2:1: Athena has no statement CALL'],
    ['CREATE OR REPLACE TABLE t AS SELECT 1', 'Athena has no statement CREATE OR REPLACE'],
    ["DROP TABLE 'x", 'the string that begins here does not end'],
    ['SELECT /* never', 'the comment that begins here does not end'],
    ['  -- nothing', 'holds no statement'],
  ])('says what is wrong with %s', (sql, reason) => {
    expect(() => translate(sql, context)).toThrow(reason);
  });
});

describe('queries and changes of rows', () => {
  it.each([
    'SELECT `a` FROM "orders$snapshots" WHERE b = \'FOR SYSTEM_TIME; DROP TABLE x\' -- FOR SYSTEM_TIME ;',
    "with a as (select 1) select * from a for timestamp as of timestamp '2026-01-01 00:00:00 UTC'",
    'select * from t for version as of 12',
    '(select 1) union all (select 2)',
    "merge into t using s on t.a = s.a when matched then update set b = 'it''s ; `x`'",
    'insert into t values (1)',
    'update t set a = 1',
    'delete from t where a = 1',
    'CREATE OR REPLACE VIEW v AS SELECT 1 AS a',
    'drop view v',
    'values (1)',
  ])('passes through: %s', (sql) => {
    expect(statements(sql)).toEqual([sql]);
  });

  it('puts the older words of time travel into the newer ones, outside literals, names and comments only', () => {
    const sql = `SELECT 'FOR SYSTEM_TIME', "FOR SYSTEM_TIME" FROM t FOR /* FOR SYSTEM_TIME */ system_time AS OF x, u FOR SYSTEM_VERSION AS OF 1`;

    const [translated] = statements(sql);

    expect(translated).toBe(
      `SELECT 'FOR SYSTEM_TIME', "FOR SYSTEM_TIME" FROM t FOR /* FOR SYSTEM_TIME */ TIMESTAMP AS OF x, u FOR VERSION AS OF 1`,
    );
  });

  it('drops the closing semicolon and refuses a second statement', () => {
    expect(statements("SELECT ';' ; -- done\n")).toEqual(["SELECT ';' "]);
    expect(() => translate('SELECT 1; SELECT 2', context)).toThrow(
      'Only one sql statement is allowed. Got: SELECT 1; SELECT 2',
    );
  });

  it('never changes a query whose literals hold anything at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, name) => {
        const sql = `SELECT '${text.replaceAll("'", "''")}' AS "n${name.replaceAll('"', '""')}" FROM t`;

        expect(statements(sql)).toEqual([sql]);
      }),
    );
  });
});

describe('kindOf', () => {
  it.each([
    ['select 1', 'DML', 'SELECT'],
    ['MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE', 'DML', 'MERGE'],
    [CREATE, 'DDL', 'CREATE_TABLE'],
    ['explain select 1', 'UTILITY', 'EXPLAIN'],
    ['ALTER TABLE t NONSENSE', 'DDL', 'ALTER'],
    ['nonsense', 'UTILITY', 'NONSENSE'],
  ])('%s', (sql, statementType, substatementType) => {
    expect(kindOf(sql)).toEqual({ statementType, substatementType });
  });
});
