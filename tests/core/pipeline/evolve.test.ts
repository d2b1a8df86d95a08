import { describe, expect, it } from '@jest/globals';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { claimFile, getFile } from '../../../core/ledger/files.ts';
import type { BatchItem } from '../../../core/ledger/items.ts';
import { getTable, stageFile } from '../../../core/ledger/table.ts';
import { type NamedType, silverColumns } from '../../../core/merge/tables.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import { validateLanded } from '../../../core/pipeline/validate.ts';
import type { ValidationResult } from '../../../core/validation/result.ts';
import { fakeRecords } from '../quality/fake-records.ts';
import { fakeAthena, fileRef, orders, type World, world } from './world.ts';

const evolving: Dataset = { ...orders, drift: 'evolve' };

/** A world whose silver table really gets the columns that are added. */
function evolvingWorld(outcomes: ('succeeded' | 'running')[] = []) {
  const fake = fakeAthena(outcomes);
  const ports = world(fake);
  const sent: string[] = [];
  let columns: NamedType[] = silverColumns(orders);
  const athena: World['athena'] = {
    ...fake.athena,
    async start(sql, token) {
      sent.push(sql);
      const added = /^alter table silver\.orders add columns \((.*)\)$/.exec(sql)?.[1]?.split(', ') ?? [];
      columns = [...columns, ...added.map((column) => ({ name: column.split(' ')[0]!, type: 'string' }))];
      return fake.athena.start(sql, token);
    },
  };
  const catalog = { ...ports.catalog, columns: async () => columns };
  return { ports: { ...ports, athena, catalog }, sent, fake };
}

/** Claims and validates a file in which these unknown fields were found. */
async function land({ ledger, clock, catalog }: World, dataset: Dataset, n: number, unknown: string[]): Promise<void> {
  const result = {
    counts: { in: 1, accepted: 1, rejected: 0, duplicate: 0, superseded: 0 },
    partitions: ['2026-03-01'],
    bytes: 1,
    acceptedPaths: ['a'],
    profilePath: 'p',
    profile: { unknown_columns: unknown, warnings: {}, gates: [] },
  } as unknown as ValidationResult;
  const ports = {
    ledger,
    clock,
    catalog,
    validate: async () => result,
    upload: async () => undefined,
    records: fakeRecords(),
    refused: () => undefined,
  };
  await claimFile(ledger, clock, { ...fileRef(n), run: `run${n}` });
  await validateLanded(ports, dataset, fileRef(n), `run${n}`);
}

const batchOf = async ({ ledger }: World): Promise<BatchItem> =>
  (await ledger.query<BatchItem>('table#orders', { from: 'batch#', to: 'batch#~' })).at(-1)!;

describe('unknown fields of a dataset that evolves', () => {
  it('become columns by way of the ledger, those of all files of a batch', async () => {
    const { ports, sent } = evolvingWorld();
    await land(ports, evolving, 1, ['utmSource', '2nd']);
    await land(ports, evolving, 2, ['utmSource', 'coupon']);
    await land(ports, evolving, 3, []);
    for (const n of [2, 3]) await stageFile(ports.ledger, ports.clock, fileRef(n).file_id);

    const merged = await mergeRows(ports, evolving, fileRef(1), 'run1');

    expect(merged).toMatchObject({ outcome: 'merged', files: 3 });
    expect((await getFile(ports.ledger, 'file1'))?.validated?.unknown_fields).toEqual(['utmSource']);
    expect((await batchOf(ports)).unknown_fields).toEqual(['coupon', 'utmSource']);
    expect(sent[0]).toBe('alter table silver.orders add columns (coupon string, utm_source string)');
    expect(sent[1]).toContain('coupon = s.coupon, utm_source = s.utm_source');
  });

  it('are remembered with the columns that the table has after the MERGE', async () => {
    const { ports } = evolvingWorld();
    await land(ports, evolving, 1, ['coupon']);

    await mergeRows(ports, evolving, fileRef(1), 'run1');

    const columns = [...silverColumns(orders).map(({ name }) => name), 'coupon'];
    expect((await getTable(ports.ledger, 'orders')).committed?.columns).toEqual(columns);
  });

  it('are not asked for again by a batch that goes on after its statement was made', async () => {
    const { ports, sent, fake } = evolvingWorld(['running']);
    await land(ports, evolving, 1, ['coupon']);
    expect((await mergeRows(ports, evolving, fileRef(1), 'run1')).outcome).toBe('running');
    fake.end();

    expect((await mergeRows(ports, orders, fileRef(1), 'run1')).outcome).toBe('merged');

    expect(sent).toHaveLength(2);
  });

  it('stay in meta_rescued when the contract only rescues', async () => {
    const { ports, sent } = evolvingWorld();
    await land(ports, orders, 1, ['coupon']);

    await mergeRows(ports, orders, fileRef(1), 'run1');

    expect((await getFile(ports.ledger, 'file1'))?.validated?.unknown_fields).toBeUndefined();
    expect(sent.filter((sql) => sql.startsWith('alter'))).toEqual([]);
  });
});
