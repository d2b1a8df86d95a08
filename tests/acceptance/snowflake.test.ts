import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { isTable } from '../../core/gold/mart.ts';
import { createView } from '../../core/gold/statements.ts';
import { silverColumns } from '../../core/merge/tables.ts';
import { connectScript, tablesScript } from '../../core/snowflake/script.ts';
import { projectRoot } from '../../local/paths.ts';
import { silentProgress } from '../../local/progress.ts';
import { provisionTestPython } from '../../local/provision.ts';
import { datasets, files, marts, place } from '../sql/snowflake/place.ts';
import { tributary, tributaryJson } from './cloud.ts';

let python: string;

beforeAll(async () => {
  python = await provisionTestPython(silentProgress);
}, 600_000);

const databases = { staging: 'staging', silver: 'silver', gold: 'gold', ops: 'ops' };
/** What the checker compares with: the columns of the tables, and the views as Athena has them. */
const athenaView = (mart: (typeof marts)[number]) => createView({ files, datasets, databases }, mart);
const lake = {
  tables: {
    silver: Object.fromEntries(
      Object.values(datasets).map((dataset) => [dataset.name, silverColumns(dataset).map(({ name }) => name)]),
    ),
  },
  selects: Object.fromEntries(
    marts.filter(isTable).map((mart) => [`gold.${mart.name}`, athenaView(mart).replace(/^create.*\n/, '')]),
  ),
  athena: Object.fromEntries(
    marts.filter((mart) => !isTable(mart)).map((mart) => [`${mart.layer}.${mart.name}`, athenaView(mart)]),
  ),
};

/** What sqlglot has against statements for Snowflake. */
async function problems(statements: string[], athena: Record<string, string> = lake.athena): Promise<string[]> {
  const script = join(projectRoot, 'tests', 'sql', 'snowflake', 'check.py');
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ ...lake, athena, statements }));
  const [said, code] = await Promise.all([
    text(child.stdout),
    new Promise((resolve) => child.once('close', (exit) => resolve(exit))),
  ]);
  expect(code).toBe(0);
  return said.split('\n').filter(Boolean);
}

describe('the script for Snowflake', () => {
  it("parses in sqlglot's Snowflake dialect, its views being sqlglot's translation of Athena's", async () => {
    const { statements, missing } = tablesScript({ files, datasets }, marts, place, () => true);

    expect(missing).toEqual([]);
    expect(await problems([...connectScript(files, place), ...statements])).toEqual([]);
  });

  const view = 'create or replace view gold.x as\n';
  it.each([
    ['a name that does not exist', 'select order_idd from silver.orders', /order_idd/i],
    ['a table that does not exist', 'select order_id from silver.order_lines', /order_id/i],
    [
      'an order in which nulls stand elsewhere',
      'select rank() over (order by quantity desc) as r from silver.orders',
      /NULLS/,
    ],
    ['a division of integers', 'select quantity / 2 as half from silver.orders', /integers/],
    ['a function of Athena alone', "select date_diff('hour', order_ts, updated_at) as h from silver.orders", /sqlglot/],
    [
      'IN with a subquery among the columns',
      'select product_id in (select product_id from silver.products) as known from silver.orders',
      /IN with a subquery/,
    ],
  ])('would not pass with %s', async (_, select, problem) => {
    expect((await problems([view + select], { 'gold.x': view + select })).join('\n')).toMatch(problem);
  });

  it('would not pass with a statement that is none', async () => {
    expect(await problems(['create iceberg tabel silver.orders', 'select from where'])).toHaveLength(2);
  });
});

describe('tributary snowflake', () => {
  it("prints what connects a stage, with the stage's own names", async () => {
    const { code, stdout } = await tributary('snowflake', 'connect');

    expect(code).toBe(0);
    expect(stdout).toMatch(/storage_base_url = 's3:\/\/tributary-\w+-lake-\d{12}\/'/);
    expect(stdout).toMatch(/sigv4_iam_role = 'arn:aws:iam::\d{12}:role\/tributary-\w+-snowflake'/);
    expect(stdout.split(';\n').filter((statement) => statement.trim())).toHaveLength(4);
  });

  it('prints the tables that there are, and names those that are not there yet', async () => {
    const { statements, missing } = await tributaryJson<{ statements: string[]; missing: string[] }>(
      'snowflake',
      'tables',
    );

    const made = statements.flatMap(
      (statement) => /^create or replace \w+(?: table)? (\S+)/.exec(statement)?.[1] ?? [],
    );
    const all = [
      ...Object.keys(datasets).map((name) => `silver.${name}`),
      ...marts.filter(({ name }) => !name.endsWith('_held')).map(({ layer, name }) => `${layer}.${name}`),
    ];
    expect([...made, ...missing].sort()).toEqual(all.sort());
    expect(await problems(statements)).toEqual([]);
  });

  it('refuses a part that it does not have', async () => {
    expect(await tributary('snowflake', 'everything')).toMatchObject({ code: 2 });
  });
});
