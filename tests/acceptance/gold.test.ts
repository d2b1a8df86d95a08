import { expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../aws/project-files.ts';
import { parseMarts } from '../../core/gold/mart.ts';
import { liveSelect } from '../../core/gold/statements.ts';
import { query, stack } from './cloud.ts';
import { retailFiles } from './where.ts';

const datasets = readDatasets();
const tables = parseMarts(readSqlFiles(), datasets)
  .filter((mart) => mart.refresh.kind !== 'view')
  // Without its files nothing was dropped there.
  .filter((mart) => !mart.sources.includes('online_retail') || retailFiles().length > 0);

it.each(tables.map((mart) => [mart.name, mart] as const))(
  '%s, refreshed bit by bit, equals its SELECT over silver',
  async (name, mart) => {
    const computed = liveSelect({ datasets, databases: (await stack()).databases }, mart);

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
