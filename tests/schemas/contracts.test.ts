import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseContract } from '../../core/contract/parse.ts';
import { openDuckDb } from '../../engine/duckdb.ts';
import { prepareRules } from '../../engine/row-rules.ts';

const files = readdirSync('schemas');
const parse = (name: string) =>
  parseContract(readFileSync(join('schemas', `${name}.odcs.yaml`), 'utf8'), `${name}.odcs.yaml`);

describe('schemas/', () => {
  it('holds contracts and nothing else', () => {
    expect(files.length).toBeGreaterThanOrEqual(5);
    expect(files.filter((file) => !file.endsWith('.odcs.yaml'))).toEqual([]);
  });

  it.each(files)('%s is a sound contract', (file) => {
    const dataset = parseContract(readFileSync(join('schemas', file), 'utf8'), file);

    expect(`${dataset.name}.odcs.yaml`).toBe(file);
    expect(dataset.owner).toMatch(/@/);
  });

  it.each(files)('%s has conditions and time zones that the engine can evaluate', async (file) => {
    const db = await openDuckDb({ memoryLimitMb: 100, threads: 1, tempDirectory: tmpdir() });

    const prepared = prepareRules(db, parseContract(readFileSync(join('schemas', file), 'utf8'), file));

    await expect(prepared.finally(() => db.close())).resolves.toBeUndefined();
  });

  it.each(['customers', 'products', 'orders'])('%s keeps the newest version of a row', (name) => {
    expect(parse(name)).toMatchObject({
      versionColumns: ['updated_at'],
      history: 'latest',
      key: [`${name.slice(0, -1)}_id`],
    });
  });

  it('lets events evolve, of which the one sent last wins', () => {
    expect(parse('events')).toMatchObject({ drift: 'evolve', key: ['event_id'], versionColumns: ['sent_at'] });
  });

  it('keeps every money column a decimal', () => {
    const money = ['products', 'orders', 'online_retail'].map((name) =>
      parse(name).columns.find((column) => column.name === 'unit_price'),
    );

    expect(money.map((column) => column?.type.kind)).toEqual(['decimal', 'decimal', 'decimal']);
  });

  it('marks the personal data of customers', () => {
    const pii = parse('customers').columns.filter((column) => column.pii);

    expect(pii.map(({ name }) => name)).toEqual(['name', 'email']);
  });

  it('knows online_retail by content, since it has no key', () => {
    expect(parse('online_retail')).toMatchObject({
      key: [],
      history: 'append',
      partition: { column: 'invoice_date', transform: 'day' },
    });
  });
});
