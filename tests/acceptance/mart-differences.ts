import { expect } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../aws/project-files.ts';
import { parseMarts } from '../../core/gold/mart.ts';
import { liveSelect } from '../../core/gold/statements.ts';
import { query, type Row, stack } from './cloud.ts';

/** Rows by which the marts of a dataset differ from their SELECT over silver; of sources that have had a file. */
export async function differences(dataset: string): Promise<Row[]> {
  const { databases } = await stack();
  const tables = await query(
    `select table_name from information_schema.tables where table_schema = '${databases.silver}'`,
  );
  const there = new Set(tables.map(({ table_name }) => table_name));
  const datasets = readDatasets();
  const marts = parseMarts(readSqlFiles(), datasets)
    .filter((mart) => mart.refresh.kind !== 'view' && mart.sources.includes(dataset))
    .filter((mart) => mart.sources.every((source) => there.has(source)));
  expect(marts.length).toBeGreaterThan(0);
  const selects = marts.map((mart) => {
    const select = liveSelect({ datasets, databases }, mart);
    return `
      select '${mart.name}' as mart, count(*) as rows
      from ((select * from {gold}.${mart.name} except select * from (${select}))
        union all (select * from (${select}) except select * from {gold}.${mart.name})) having count(*) > 0`;
  });
  return query(selects.join('\nunion all\n'));
}
