import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseContract } from '../../../core/contract/parse.ts';
import { parseMarts } from '../../../core/gold/mart.ts';
import { tablesScript } from '../../../core/snowflake/script.ts';
import { datasets, files, marts, place } from './place.ts';

const everything = () => true;
const namesIn = (statements: string[], pattern: RegExp) =>
  statements.flatMap((statement) => pattern.exec(statement)?.groups?.name ?? []).sort();
const tables = (statements: string[]) => namesIn(statements, /^create or replace iceberg table (?<name>\S+)/);
const views = (statements: string[]) => namesIn(statements, /^create or replace view (?<name>\S+)/);

describe('the tables of a stage in Snowflake', () => {
  it('are one for every contract and every mart that is a table, and no other', () => {
    const contracts = readdirSync('schemas').map((file) => `silver.${file.replace('.odcs.yaml', '')}`);
    const gold = readdirSync('sql/gold').map((file) => `gold.${file.replace('.sql', '')}`);

    const { statements, missing } = tablesScript({ files, datasets }, marts, place, everything);

    const made = tables(statements);
    expect(made.filter((name) => name.startsWith('silver.'))).toEqual(contracts.sort());
    expect([...made, ...views(statements)].filter((name) => name.startsWith('gold.')).sort()).toEqual(gold.sort());
    expect(missing).toEqual([]);
  });

  it('are found in Glue under the name and in the database that the pipeline gives them', () => {
    const { statements } = tablesScript({ files, datasets }, marts, place, everything);

    const orders = statements.find((statement) => statement.includes('table silver.orders'));
    expect(orders).toContain("catalog_namespace = 'tributary_prod_silver'");
    expect(orders).toContain("catalog_table_name = 'orders'");
    const revenue = statements.find((statement) => statement.includes('table gold.daily_revenue'));
    expect(revenue).toContain("catalog_namespace = 'tributary_prod_gold'");
    expect(revenue).toContain("catalog_table_name = 'daily_revenue'");
  });

  it('are found by the volume and the integration that the first part makes', () => {
    const { statements } = tablesScript({ files, datasets }, marts, place, everything);

    const named = statements.filter((statement) => statement.includes('iceberg table silver.'));
    expect(named.length).toBe(Object.keys(datasets).length);
    for (const statement of named) {
      expect(statement).toContain("external_volume = 'tributary_prod_lake'");
      expect(statement).toContain("catalog = 'tributary_prod_glue'");
      expect(statement).toContain('auto_refresh = true');
    }
  });

  it('come with the views of silver that the contracts ask for, but not with those of what waits', () => {
    const wanted = marts.filter(({ layer, name }) => layer === 'silver' && !name.endsWith('_held'));

    const { statements } = tablesScript({ files, datasets }, marts, place, everything);

    expect(wanted.length).toBeGreaterThan(0);
    expect(views(statements).filter((name) => name.startsWith('silver.'))).toEqual(
      wanted.map(({ name }) => `silver.${name}`).sort(),
    );
  });

  it('include a new dataset as soon as it has a contract', () => {
    const text = `apiVersion: v3.2.0
kind: DataContract
id: urn:x
name: suppliers
version: 1.0.0
status: active
description: { purpose: x }
schema:
  - name: suppliers
    properties:
      - { name: supplier_id, logicalType: string, physicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1 }
      - { name: gone, logicalType: boolean, physicalType: boolean }
      - { name: updated_at, logicalType: timestamp, physicalType: timestamp, required: true }
    customProperties:
      - { property: versionColumns, value: [updated_at] }
      - { property: history, value: latest }
      - { property: drift, value: reject }
      - { property: maxRejectPercent, value: 5 }
      - { property: deletedColumn, value: gone }
team: { name: x, members: [{ username: x@example.com, role: owner }] }
`;
    const more = { ...datasets, suppliers: parseContract(text, 'suppliers.odcs.yaml') };

    const { statements } = tablesScript({ files, datasets: more }, parseMarts(files, more), place, everything);

    expect(tables(statements)).toContain('silver.suppliers');
    expect(views(statements)).toContain('silver.suppliers_current');
  });
});

describe('tables that are not there yet', () => {
  it('are left out and named, with every view that reads them', () => {
    const isThere = (_: string, name: string) => name !== 'products';

    const { statements, missing } = tablesScript({ files, datasets }, marts, place, isThere);

    expect(tables(statements)).not.toContain('silver.products');
    expect(views(statements)).not.toContain('gold.top_products');
    expect(missing).toEqual(expect.arrayContaining(['silver.products', 'gold.top_products']));
    expect(tables(statements)).toContain('silver.orders');
  });

  it('leave no view that reads what has not been made before it', () => {
    const { statements } = tablesScript({ files, datasets }, marts, place, (area) => area === 'silver');

    const made = new Set<string>();
    for (const statement of statements) {
      const target = /^create or replace (?:view|iceberg table) (\S+)/.exec(statement)?.[1];
      if (target === undefined) continue;
      const read = [...statement.matchAll(/\b(?:from|join) ((?:silver|gold)\.\w+)/g)].map(([, name]) => name!);
      expect(read.filter((name) => !made.has(name))).toEqual([]);
      made.add(target);
    }
    expect(made.size).toBeGreaterThan(Object.keys(datasets).length);
  });
});

describe('the analysts', () => {
  it('may read everything and change nothing', () => {
    const { statements } = tablesScript({ files, datasets }, marts, place, everything);

    const grants = statements.filter((statement) => statement.startsWith('grant'));
    expect(grants).toHaveLength(7);
    for (const grant of grants) expect(grant).toMatch(/^grant (usage|select) on .* to role tributary_prod_analyst$/);
  });

  it('get their grants after everything is made, since what is replaced has lost them', () => {
    const { statements } = tablesScript({ files, datasets }, marts, place, everything);

    const last = statements.findLastIndex((statement) => statement.startsWith('create or replace'));
    const first = statements.findIndex((statement) => statement.startsWith('grant'));
    expect(first).toBeGreaterThan(last);
  });
});
