import { describe, expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../../aws/project-files.ts';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { QueryRejectedError } from '../../../core/errors.ts';
import { fitSilver, type Lake } from '../../../core/merge/ensure.ts';
import { type NamedType, silverColumns } from '../../../core/merge/tables.ts';
import { handClock } from '../incident/memory-store.ts';

const customers: Dataset = { ...readDatasets().customers!, drift: 'evolve' };
const silver = silverColumns(customers);
const tier = { name: 'tier', type: 'string' };

/** A lake whose silver table has these columns; DDL changes them as Athena would. */
function lakeWith(columns: NamedType[] | undefined) {
  const sent: string[] = [];
  const state = { columns };
  const run = (sql: string) => {
    sent.push(sql);
    const of = (match: RegExpExecArray | null) =>
      (match?.[1] ?? '')
        .split(/,\s(?!\d)/)
        .map((column) => column.trim().split(' '))
        .map(([name, type]) => ({ name: name!, type: type! }));
    const added = /^alter table si\.customers add columns \((.*)\)$/.exec(sql);
    if (added) state.columns = [...state.columns!, ...of(added)];
    else state.columns ??= of(/\(\n([\s\S]*?)\n\)/.exec(sql));
  };
  const lake: Lake = {
    athena: {
      async start(sql) {
        run(sql);
        return 'q';
      },
      get: async () => ({ state: 'succeeded', bytesScanned: 0 }),
      rows: async () => [],
      columns: async () => [],
    },
    catalog: {
      exists: async () => state.columns !== undefined,
      columns: async () => state.columns,
      currentSnapshot: async () => null,
      ensureStagingTable: async () => undefined,
      registerQuarantine: async () => undefined,
    },
    clock: handClock(),
    files: readSqlFiles(),
    databases: { staging: 'st', silver: 'si', gold: 'go', ops: 'op' },
    bucket: 'lake',
  };
  return { lake, sent, state };
}

describe('silver fitted to its contract', () => {
  it('is created, and then gets columns for the unknown fields of the batch', async () => {
    const { lake, sent, state } = lakeWith(undefined);

    const evolved = await fitSilver(lake, customers, ['tier', 'utmSource', '2nd']);

    expect(evolved.map(({ name }) => name)).toEqual(['tier', 'utm_source']);
    expect(sent.slice(1)).toEqual(['alter table si.customers add columns (tier string, utm_source string)']);
    expect(state.columns).toEqual([...silver, tier, { name: 'utm_source', type: 'string' }]);
  });

  it('is left alone when it has every column, and knows which it has beside the contract', async () => {
    const { lake, sent } = lakeWith([...silver, { name: 'tier', type: 'varchar' }]);

    expect(await fitSilver(lake, customers)).toEqual([{ name: 'tier', fields: [] }]);
    expect(await fitSilver(lake, customers, ['Tier'])).toEqual([{ name: 'tier', fields: ['Tier'] }]);
    expect(sent).toEqual([]);
  });

  it('gets our own columns that came after the table, wherever they stand in it', async () => {
    const old = silver.filter(({ name }) => name !== 'meta_warnings').toReversed();
    const { lake, sent } = lakeWith(old);

    await fitSilver(lake, customers);
    await fitSilver(lake, customers);

    expect(sent).toEqual(['alter table si.customers add columns (meta_warnings string)']);
  });

  it('keeps a column that the contract takes over as a string, with what is in it', async () => {
    const named: Dataset = {
      ...customers,
      columns: [
        ...customers.columns,
        { name: 'tier', aliases: [], type: { kind: 'string' }, required: false, pii: false },
      ],
    };
    const { lake, sent } = lakeWith([...silver, tier]);

    expect(await fitSilver(lake, named, ['tier'])).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('is refused when the contract takes over such a column as another type, saying what to do', async () => {
    const column = { name: 'tier', aliases: [], type: { kind: 'int' }, required: false, pii: false } as const;
    const typed: Dataset = { ...customers, columns: [...customers.columns, { ...column, aliases: [] }] };
    const { lake } = lakeWith([...silver, tier]);

    await expect(fitSilver(lake, typed)).rejects.toThrow(
      'column tier of silver.customers is string, its contract says int. If it came from a file (drift: evolve), it ' +
        'holds texts that nothing has checked and stays a string: in schemas/customers.odcs.yaml give the new column ' +
        "another name and the field's name in the files, tier or as they spell it, as alias.",
    );
    const renamed: Dataset = {
      ...typed,
      columns: typed.columns.map((each) =>
        each.name === 'tier' ? { ...each, name: 'level', aliases: ['tier'] } : each,
      ),
    };
    expect(await fitSilver(lake, renamed)).toEqual([{ name: 'tier', fields: [] }]);
  });

  it.each<[string, Dataset, NamedType]>([
    ['of another type than string', customers, { name: 'tier', type: 'int' }],
    ['that look like our own', customers, { name: 'meta_old', type: 'string' }],
    ['when the contract does not say evolve', { ...customers, drift: 'rescue' }, tier],
  ])('is refused with unknown columns %s', async (_, dataset, column) => {
    const { lake } = lakeWith([...silver, column]);

    await expect(fitSilver(lake, dataset)).rejects.toThrow(
      `has a column ${column.name} that its contract does not name`,
    );
  });

  it('is fitted when another run was quicker to add the columns', async () => {
    const { lake, state } = lakeWith(silver);
    const start = async () => {
      state.columns = [...silver, tier];
      throw new QueryRejectedError('COLUMN_ALREADY_EXISTS: tier');
    };
    const athena = { ...lake.athena, start };

    expect(await fitSilver({ ...lake, athena }, customers, ['tier'])).toEqual([{ name: 'tier', fields: ['tier'] }]);
  });
});
