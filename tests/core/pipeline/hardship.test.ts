import { describe, expect, it } from '@jest/globals';
import { FileRejectedError, QueryRejectedError } from '../../../core/errors.ts';
import { refreshMarts } from '../../../core/gold/refresh.ts';
import { claimFile, getFile, markFailed, markRejected, updateFile } from '../../../core/ledger/files.ts';
import type { BatchItem, TableItem } from '../../../core/ledger/items.ts';
import type { LedgerStore, Range, Stored } from '../../../core/ledger/store.ts';
import { getTable, stageFile } from '../../../core/ledger/table.ts';
import { maxAttempts } from '../../../core/merge/fail-batch.ts';
import { leadTable } from '../../../core/merge/lead.ts';
import { type NamedType, silverColumns } from '../../../core/merge/tables.ts';
import { identifyFile } from '../../../core/pipeline/identify.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import type { FileRef } from '../../../core/pipeline/payloads.ts';
import { type PublishPorts, publishBatch } from '../../../core/pipeline/publish.ts';
import { quarantineRows } from '../../../core/pipeline/quarantine.ts';
import { validateLanded } from '../../../core/pipeline/validate.ts';
import { releaseLeaseOf, type WakePorts, wakeNext } from '../../../core/pipeline/wake.ts';
import { tooManyRejects, type ValidationResult } from '../../../core/validation/result.ts';
import { memoryStore } from '../incident/memory-store.ts';
import { fakeAthena, fileRef, land, lead, orders, type World, world } from './world.ts';

const status = async (ports: World, n: number) => (await getFile(ports.ledger, `file${n}`))?.status;
const publishPorts = (ports: World): PublishPorts => ({
  ...ports,
  startRun: async (input) => `woken ${ports.started.push(input)}`,
  publish: () => ports.published++,
  filesDone: async () => undefined,
});
const wakePorts = (ports: World): WakePorts => publishPorts(ports);
const throttled = (ports: World): PublishPorts => ({
  ...publishPorts(ports),
  startRun: async () => {
    throw new Error('ThrottlingException');
  },
});

describe('a batch that fails for good', () => {
  it('leaves its files to be re-run, also when the run that led it had another file', async () => {
    const fake = fakeAthena(['running', 'HIVE_BAD_DATA: not Parquet']);
    const ports = world(fake);
    await land(ports, 1, 'run1');
    await land(ports, 2, 'run2');
    await lead(ports, 1, 'run1');
    await lead(ports, 2, 'run2');
    fake.end();
    await lead(ports, 1, 'run1');

    expect([await status(ports, 1), await status(ports, 2)]).toEqual(['done', 'failed']);
    expect(ports.started.map((input) => JSON.parse(input).detail.object.key)).toEqual(['landing/orders/2.csv']);
    await expect(lead(ports, 2, 'run2a')).rejects.toThrow('HIVE_BAD_DATA');
    await land(ports, 2, 'run2b');
    expect(await lead(ports, 2, 'run2b')).toBe('ingested');

    expect(await status(ports, 2)).toBe('done');
  });

  it('does not end well by being tried again after a crash before its files were marked', async () => {
    const fake = fakeAthena(['HIVE_BAD_DATA: not Parquet', 'HIVE_BAD_DATA: not Parquet']);
    const store = memoryStore();
    const ports = world(fake, store);
    await land(ports, 1, 'run1');
    let dead = false;
    const write = async (items: Stored[]) => {
      if (dead) throw new Error('crash');
      await store.write(items);
      dead = (items[0] as BatchItem).sk.startsWith('batch#') && (items[0] as BatchItem).status === 'failed';
    };

    await expect(lead({ ...ports, ledger: { ...store, write } }, 1, 'run1')).rejects.toThrow('crash');

    await expect(lead(ports, 1, 'run1')).rejects.toThrow('HIVE_BAD_DATA');
  });

  it('is one that fails again and again of what should pass by itself', async () => {
    const fake = fakeAthena(Array<string>(40).fill('GENERIC_INTERNAL_ERROR: as always'));
    const ports = world(fake);
    await land(ports, 1, 'run1');

    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      await expect(mergeRows(ports, orders, fileRef(1), 'run1')).rejects.toThrow('GENERIC_INTERNAL_ERROR');
    }

    expect((await getTable(ports.ledger, 'orders')).open_batch).toBeUndefined();
    expect(await status(ports, 1)).toBe('failed');
  });

  it('is one whose statement Athena refuses at once; corrected, the file goes through', async () => {
    const fake = fakeAthena();
    const ports = world(fake);
    await land(ports, 1, 'run1');
    const refuse: World = {
      ...ports,
      athena: {
        ...fake.athena,
        start: async () => {
          throw new QueryRejectedError("Athena refused the statement: line 1:8: mismatched input 'bug'");
        },
      },
    };

    await expect(lead(refuse, 1, 'run1')).rejects.toThrow('mismatched input');
    await releaseLeaseOf(wakePorts(ports), [], 'orders', 'run1');
    await land(ports, 1, 'run2');

    expect(await lead(ports, 1, 'run2')).toBe('ingested');
  });
});

describe('re-running', () => {
  it('takes a file whose contract came after it', async () => {
    const ports = world(fakeAthena());
    const { file_id: _, dataset: __, bronze_key: ___, ...version } = fileRef(9);
    const identify = (datasets: string[], run: string) =>
      identifyFile(
        {
          ledger: ports.ledger,
          clock: ports.clock,
          landing: { head: async () => version, versionWithEtag: async () => undefined },
          bronze: { exists: async () => true, freeze: async () => undefined, writeJson: async () => undefined },
          catalog: { registerQuarantine: async () => undefined },
          datasets,
        },
        { detail: { bucket: { name: 'landing' }, object: { key: version.key, 'version-id': version.version_id } } },
        run,
      );
    await expect(identify(['customers'], 'run1')).rejects.toMatchObject({ name: 'UnknownDatasetError' });

    const file = (await identify(['customers', 'orders'], 'run2')) as FileRef;
    const counts = { in: 1, accepted: 1, rejected: 0, duplicate: 0, superseded: 0 };
    const validated = {
      stage_id: 's',
      counts,
      rows: 1,
      bytes: 1,
      partitions: [],
      partition_count: 0,
      profile_key: 'p',
    };
    await updateFile(ports.ledger, ports.clock, file.file_id, () => ({ validated }));

    expect((await mergeRows(ports, orders, file, 'run2')).outcome).toBe('merged');
    expect((await getFile(ports.ledger, file.file_id))?.gsi1pk).toBe('dataset#orders');
  });

  it('by redrive goes on after MergeRows, although the lease was freed', async () => {
    const ports = world(fakeAthena());
    await land(ports, 1, 'run1');
    await mergeRows(ports, orders, fileRef(1), 'run1');
    await markFailed(ports.ledger, ports.clock, 'file1', 'run1', 'ServiceUnavailableError: no');
    await releaseLeaseOf(wakePorts(ports), [], 'orders', 'run1');

    await refreshMarts({ ...ports, datasets: { orders }, marts: [] }, 'orders', 'run1');
    const end = await publishBatch(publishPorts(ports), orders, 'run1');

    expect(end).toMatchObject({ outcome: 'done', files: 1 });
    expect(await status(ports, 1)).toBe('done');
    expect((await getTable(ports.ledger, 'orders')).owner).toBeUndefined();
  });

  it('does not merge what was rejected meanwhile', async () => {
    const ports = world(fakeAthena(['HIVE_BAD_DATA']));
    await land(ports, 1, 'run1');
    await expect(mergeRows(ports, orders, fileRef(1), 'run1')).rejects.toThrow('HIVE_BAD_DATA');
    await claimFile(ports.ledger, ports.clock, { ...fileRef(1), run: 'run2' });
    await markRejected(ports.ledger, ports.clock, 'file1', new FileRejectedError('too many'));

    await expect(mergeRows(ports, orders, fileRef(1), 'run1')).rejects.toThrow('start a new run');
  });

  it('by redrive takes a file that was refused and now passes', async () => {
    const ports = world(fakeAthena());
    const { ledger, clock, catalog } = ports;
    const counts = { in: 1, accepted: 1, rejected: 0, duplicate: 0, superseded: 0 };
    const engine = {
      counts,
      partitions: [],
      bytes: 1,
      acceptedPaths: ['a'],
      profilePath: 'p',
      profile: { unknown_columns: [], warnings: {}, gates: [] },
    } as unknown as ValidationResult;
    const validate = (run: () => Promise<ValidationResult>) =>
      validateLanded(
        {
          ledger,
          clock,
          catalog,
          validate: run,
          upload: async () => undefined,
          records: ports.records,
          refused: () => undefined,
        },
        orders,
        fileRef(1),
        'run1',
      );
    await claimFile(ledger, clock, { ...fileRef(1), run: 'run1' });
    await expect(
      validate(async () => {
        throw new FileRejectedError('the contract was wrong');
      }),
    ).rejects.toThrow('the contract was wrong');

    await validate(async () => engine);

    expect((await mergeRows(ports, orders, fileRef(1), 'run1')).outcome).toBe('merged');
  });

  it('by redrive makes a staged file one to be woken again', async () => {
    const ports = world(fakeAthena(['running']));
    await land(ports, 1, 'run1');
    await land(ports, 2, 'run2');
    await lead(ports, 1, 'run1');
    await lead(ports, 2, 'run2');
    await markFailed(ports.ledger, ports.clock, 'file2', 'run2', 'ThrottledError: x');

    expect(await lead(ports, 2, 'run2')).toBe('handed_over');
    const woken = await releaseLeaseOf(wakePorts(ports), [], 'orders', 'run1');

    expect(woken).toBeDefined();
  });

  it('at the moment when the old run is reported leaves the file to be woken or led', async () => {
    const ports = world(fakeAthena(['running']));
    await land(ports, 1, 'run1');
    await lead(ports, 1, 'run1');
    await claimFile(ports.ledger, ports.clock, { ...fileRef(1), run: 'run2' });

    await markFailed(ports.ledger, ports.clock, 'file1', 'run1', 'E: x');
    const rerun = await mergeRows(ports, orders, fileRef(1), 'run2');
    const woken = await releaseLeaseOf(wakePorts(ports), [], 'orders', 'run1');

    expect(rerun).toMatchObject({ outcome: 'handed_over', leader_run: 'run1' });
    expect(woken).toBeDefined();
  });
});

describe('waking', () => {
  it('happens on the next try when the first crashed after the lease was freed', async () => {
    const ports = world(fakeAthena(['running']));
    await land(ports, 1, 'run1');
    await land(ports, 2, 'run2');
    await lead(ports, 1, 'run1');
    await lead(ports, 2, 'run2');
    await expect(releaseLeaseOf(throttled(ports), [], 'orders', 'run1')).rejects.toThrow('Throttling');

    expect(await releaseLeaseOf(wakePorts(ports), [], 'orders', 'run1')).toBeDefined();
  });

  it('happens on the next try after the last batch that a run leads', async () => {
    const store = memoryStore();
    const ports = world(fakeAthena(), store);
    await land(ports, 1, 'run1');
    await land(ports, 2, 'run2');
    await mergeRows(ports, orders, fileRef(1), 'run1');
    (store.items.get('table#orders\nlease') as TableItem).led = 50;
    await mergeRows(ports, orders, fileRef(2), 'run2');
    await expect(publishBatch(throttled(ports), orders, 'run1')).rejects.toThrow('Throttling');

    await publishBatch(publishPorts(ports), orders, 'run1');

    expect(ports.started).toHaveLength(1);
  });

  it('looks beyond many files whose own runs have failed', async () => {
    const ports = world(fakeAthena());
    for (let n = 1; n <= 120; n++) {
      await land(ports, n, `run${n}`);
      await stageFile(ports.ledger, ports.clock, `file${n}`);
      if (n < 120) await markFailed(ports.ledger, ports.clock, `file${n}`, `run${n}`, 'x');
    }

    expect(await wakeNext(wakePorts(ports), 'orders')).toBeDefined();
  });

  it('does not happen while somebody leads', async () => {
    const ports = world(fakeAthena(['running']));
    await land(ports, 1, 'run1');
    await land(ports, 2, 'run2');
    await lead(ports, 1, 'run1');
    await lead(ports, 2, 'run2');

    expect(await wakeNext(wakePorts(ports), 'orders')).toBeUndefined();
  });
});

it('plans one batch when two invocations of one run are at it at once', async () => {
  const store = memoryStore();
  const ports = world(fakeAthena(), store);
  await land(ports, 1, 'run1');
  await land(ports, 2, 'run2');
  await stageFile(store, ports.clock, 'file1');
  let open = () => undefined as undefined;
  const gate = new Promise<void>((resolve) => {
    open = () => resolve() as undefined;
  });
  let standing = false;
  // The first invocation stands still between its look at the queue and its write.
  const query = async <T extends Stored>(pk: string, range: Range): Promise<T[]> => {
    const found = await store.query<T>(pk, range);
    if (range.from?.startsWith('staged#') && !standing) {
      standing = true;
      await gate;
    }
    return found;
  };
  const slow = { ...store, query } as LedgerStore;
  const first = leadTable({ ...ports, ledger: slow }, orders, 'run1');
  while (!standing) await new Promise((resolve) => setImmediate(resolve));
  await stageFile(store, ports.clock, 'file2');
  await leadTable(ports, orders, 'run1');
  open();

  await expect(first).rejects.toMatchObject({ name: 'LeaseLostError' });

  expect([...store.items.values()].filter((item) => item.sk.startsWith('batch#'))).toHaveLength(1);
  expect(await lead(ports, 1, 'run1')).toBe('ingested');
  expect(await status(ports, 2)).toBe('done');
});

it('does not fail when another run was quicker to create the silver table', async () => {
  const fake = fakeAthena();
  const ports = world(fake);
  let exists = false;
  const start: World['athena']['start'] = async (sql, token) => {
    if (!sql.startsWith('create table')) return fake.athena.start(sql, token);
    exists = true;
    throw new QueryRejectedError('TABLE_ALREADY_EXISTS: Table silver.orders already exists');
  };
  const catalog = { ...ports.catalog, exists: async () => exists, columns: async () => undefined };
  await land(ports, 1, 'run1');

  const merged = await mergeRows({ ...ports, catalog, athena: { ...fake.athena, start } }, orders, fileRef(1), 'run1');

  expect(merged.outcome).toBe('merged');
});

describe('a file that is validated a second time after it was staged', () => {
  const result = {
    counts: { in: 10, accepted: 9, rejected: 1, duplicate: 0, superseded: 0 },
    rejectedPercent: 10,
    reasons: { 'a.b': 1 },
    partitions: [],
    bytes: 1,
    acceptedPaths: ['a'],
    rejectedPath: 'r',
    profilePath: 'p',
    profile: { unknown_columns: [], warnings: {}, gates: [] },
  } as unknown as ValidationResult;

  it.each<[string, () => Promise<ValidationResult>]>([
    ['passes', async () => result],
    [
      'is refused',
      async () => {
        throw tooManyRejects(result, 5);
      },
    ],
  ])('keeps the quarantine of the validation that it is merged from: the second %s', async (_, second) => {
    const ports = world(fakeAthena());
    const shown: (string | null)[] = [];
    const catalog: World['catalog'] = {
      ...ports.catalog,
      registerQuarantine: async (_d, _f, stage) => void shown.push(stage),
    };
    const { ledger, clock } = ports;
    const validate = async (engine: () => Promise<ValidationResult>) => {
      const how = {
        ledger,
        clock,
        catalog,
        validate: engine,
        upload: async () => undefined,
        records: ports.records,
        refused: () => undefined,
      };
      const validated = await validateLanded(how, orders, fileRef(1), 'run1');
      const quarantine = {
        ledger,
        catalog,
        writeJson: async () => undefined,
        reasons: async () => ({}),
        notify: async () => undefined,
      };
      await quarantineRows(quarantine, orders, fileRef(1), validated);
    };
    await claimFile(ledger, clock, { ...fileRef(1), run: 'run1' });
    await validate(async () => result);
    await mergeRows(ports, orders, fileRef(1), 'run1');

    await validate(second).catch((error: Error) => expect(error).toBeInstanceOf(FileRejectedError));

    expect((await getFile(ledger, 'file1'))?.stage_id).toBe('file1-1');
    expect(shown.at(-1)).toBe('file1-1');
  });
});

describe('the silver table and its contract', () => {
  const silver = silverColumns(orders);
  const merge = async (columns: NamedType[]) => {
    const fake = fakeAthena();
    const sent: string[] = [];
    const ports = world(fake);
    const athena = {
      ...fake.athena,
      start: async (sql: string, token: string) => {
        sent.push(sql);
        return fake.athena.start(sql, token);
      },
    };
    await land(ports, 1, 'run1');
    const catalog = { ...ports.catalog, columns: async () => columns };
    await mergeRows({ ...ports, catalog, athena }, orders, fileRef(1), 'run1');
    return sent;
  };

  it('are brought together by adding the columns that the contract has gained', async () => {
    const sent = await merge(silver.filter(({ name }) => name !== 'order_ts'));

    expect(sent[0]).toBe('alter table silver.orders add columns (order_ts timestamp)');
  });

  it('are together when another run was quicker to add the columns', async () => {
    const fake = fakeAthena();
    const ports = world(fake);
    let columns = silver.filter(({ name }) => name !== 'order_ts');
    const start: World['athena']['start'] = async (sql, token) => {
      if (!sql.startsWith('alter table')) return fake.athena.start(sql, token);
      columns = silver;
      throw new QueryRejectedError('COLUMN_ALREADY_EXISTS: order_ts');
    };
    await land(ports, 1, 'run1');
    const quicker = {
      ...ports,
      catalog: { ...ports.catalog, columns: async () => columns },
      athena: { ...fake.athena, start },
    };

    expect((await mergeRows(quicker, orders, fileRef(1), 'run1')).outcome).toBe('merged');
  });

  it('are remembered as they were when the MERGE was made, also if the contract grows under way', async () => {
    const fake = fakeAthena(['running']);
    const ports = world(fake);
    await land(ports, 1, 'run1');
    await mergeRows(ports, orders, fileRef(1), 'run1');
    fake.end();
    const grown = { ...orders, columns: [...orders.columns, { ...orders.columns[0]!, name: 'note', required: false }] };

    await mergeRows(ports, grown, fileRef(1), 'run1');

    expect((await getTable(ports.ledger, 'orders')).committed?.columns).toEqual(silver.map(({ name }) => name));
  });

  it('are one whatever Glue calls a type', async () => {
    const names = { string: 'varchar', timestamp: 'timestamp(6)' } as Record<string, string>;

    const sent = await merge(silver.map(({ name, type }) => ({ name, type: names[type] ?? type })));

    expect(sent).toHaveLength(1);
  });

  it('are not merged when a column is gone from the contract or has another type', async () => {
    await expect(merge([...silver, { name: 'discount', type: 'int' }])).rejects.toThrow(
      'a column discount that its contract',
    );
    const other = silver.map(({ name, type }) => ({ name, type: name === 'order_ts' ? 'date' : type }));
    await expect(merge(other)).rejects.toThrow('column order_ts of silver.orders is date, its contract says timestamp');
  });
});
