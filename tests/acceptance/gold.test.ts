import { expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../aws/project-files.ts';
import { parseMarts } from '../../core/gold/mart.ts';
import { renderSql } from '../../core/sql/render.ts';
import { query, stack } from './cloud.ts';
import { retailFiles } from './where.ts';

const datasets = readDatasets();
const tables = parseMarts(readSqlFiles())
  .filter((mart) => mart.refresh.kind !== 'view')
  // Without its files nothing was dropped there.
  .filter((mart) => !mart.sources.includes('online_retail') || retailFiles().length > 0);

it.each(tables.map((mart) => [mart.name, mart] as const))(
  '%s, refreshed bit by bit, equals its SELECT over silver',
  async (name, mart) => {
    const { databases } = await stack();
    const live = Object.fromEntries(
      mart.sources.map((source) => [
        source,
        { fragment: `(select * from ${databases.silver}.${datasets[source]!.name} where not meta_deleted)` },
      ]),
    );
    const computed = renderSql(mart.select, { identifiers: live });

    const differences = await query(`
    select 'only in the table' as what, * from (select * from {gold}.${name} except select * from (${computed}))
    union all
    select 'only in the SELECT' as what, * from (select * from (${computed}) except select * from {gold}.${name})`);
    const [counts] = await query(
      `select (select count(*) from {gold}.${name}) as stored, (select count(*) from (${computed})) as computed`,
    );

    expect(differences).toEqual([]);
    expect(Number(counts!.stored)).toBeGreaterThan(0);
    expect(counts!.stored).toBe(counts!.computed);
  },
);
