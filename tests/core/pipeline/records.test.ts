import { describe, expect, it } from '@jest/globals';
import { FileRejectedError } from '../../../core/errors.ts';
import { takeAgain } from '../../../core/ledger/again.ts';
import { claimFile, getFile, updateFile } from '../../../core/ledger/files.ts';
import type { FileItem, RowCounts } from '../../../core/ledger/items.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import { type BatchMetrics, publishBatch } from '../../../core/pipeline/publish.ts';
import { type ValidatePorts, validateLanded } from '../../../core/pipeline/validate.ts';
import type { FileRecord } from '../../../core/quality/record.ts';
import { tooManyRejects, type ValidationResult } from '../../../core/validation/result.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';
import { fakeAthena, fileRef, land, lead, orders, type World, world } from './world.ts';

const keyOf = (n: number) => `quality/dataset=orders/day=2026-03-01/file${n}.json`;
const recordOf = (ports: World, n: number) => ports.records.written.get(keyOf(n));

/** Nine files of a row, one after the other, so that the tenth is compared. */
async function usualFiles(ports: World): Promise<void> {
  for (let n = 1; n <= 9; n++) {
    await land(ports, n, `run${n}`);
    await lead(ports, n, `run${n}`);
  }
}

/** A file that came as ten thousand times as many bytes as the others. */
async function landUnusual(ports: World): Promise<void> {
  await land(ports, 10, 'run10');
  await updateFile(ports.ledger, ports.clock, 'file10', () => ({ size: 10_000 }));
  await mergeRows(ports, orders, fileRef(10), 'run10');
}

const publishing = (ports: World, over: Partial<Parameters<typeof publishBatch>[0]> = {}) =>
  publishBatch({ ...ports, publish: () => undefined, filesDone: async () => undefined, ...over }, orders, 'run10');

describe('the end of a batch', () => {
  it('leaves a record of its file, and shows the day; so does that of one that was handed over', async () => {
    const ports = world(fakeAthena());
    await land(ports, 1, 'run1');
    await land(ports, 2, 'run2');
    await mergeRows(ports, orders, fileRef(1), 'run1');
    expect(await lead(ports, 2, 'run2')).toBe('handed_over');

    await lead(ports, 1, 'run1');

    expect([...ports.records.written.keys()].sort()).toEqual([1, 2].map(keyOf));
    expect(ports.records.days).toEqual(new Set(['orders 2026-03-01']));
    const file = (await getFile(ports.ledger, 'file1'))!;
    expect(file).toMatchObject({ status: 'done', anomalies: [], finished_at: ports.clock.now().toISOString() });
    expect(recordOf(ports, 1)).toMatchObject({ outcome: 'done', batch_seq: 1, finished_at: file.finished_at });
  });

  it('leaves the file to be ended again when its record can not be written', async () => {
    const ports = world(fakeAthena());
    await usualFiles(ports);
    await landUnusual(ports);
    const broken = { ...ports.records, write: () => Promise.reject(new Error('SlowDown')) };

    await expect(publishing(ports, { records: broken })).rejects.toThrow('SlowDown');

    expect(await getFile(ports.ledger, 'file10')).toMatchObject({ status: 'staged' });
    expect((await publishing(ports)).outcome).toBe('done');
    expect(recordOf(ports, 10)?.anomalies.map(({ measure }) => measure)).toEqual(['size']);
  });

  it('names a file that is unlike those before it in its record, the ledger, the metrics and to its owner, once', async () => {
    const clock = handClock();
    const ports = world(fakeAthena(), memoryStore(), clock);
    await usualFiles(ports);
    await landUnusual(ports);
    const published: BatchMetrics[] = [];
    const publish = (metrics: BatchMetrics) => void published.push(metrics);
    const dying = () => Promise.reject(new Error('killed'));
    await expect(publishing(ports, { publish, filesDone: dying })).rejects.toThrow('killed');
    const first = recordOf(ports, 10);
    clock.advance(60);

    await publishing(ports, { publish });

    expect(recordOf(ports, 10)).toEqual(first);
    expect(first?.anomalies).toEqual([expect.objectContaining({ measure: 'size', value: 10_000, files: 9 })]);
    expect((await getFile(ports.ledger, 'file10'))?.anomalies).toEqual(first?.anomalies);
    expect(published.map(({ anomalousFiles }) => anomalousFiles)).toEqual([1, 1]);
    expect(ports.notices).toEqual([
      {
        ...{ dataset: 'orders', owner: 'sales@example.com', subject: 'orders: an unusual file' },
        message: expect.stringMatching(
          /10\.csv is unlike .*\n {2}10,000 bytes; .*\n.*\n {2}npx tributary undo file10\n/,
        ),
      },
    ]);
  });

  it('says nothing to the owner of a file that was taken out meanwhile', async () => {
    const ports = world(fakeAthena());
    await usualFiles(ports);
    await landUnusual(ports);
    const athena = {
      ...ports.athena,
      rows: async (id: string) => {
        await updateFile(ports.ledger, ports.clock, 'file10', () => ({ status: 'undone' }));
        return ports.athena.rows(id);
      },
    };

    await publishing(ports, { athena });

    expect(ports.notices).toEqual([]);
    expect((await getFile(ports.ledger, 'file10'))?.status).toBe('undone');
  });

  it('comes about though Athena will not count orphans; that is told as not counted, and a repeat keeps what was found', async () => {
    const ports = world(fakeAthena());
    const homes = {
      ...orders,
      references: [{ column: 'order_id', dataset: 'orders', parentColumn: 'order_id', onOrphan: 'hold' as const }],
    };
    const counts = (sql: string) => sql.includes('is_orphan') || sql.includes('orphan_0');
    const failing = {
      ...ports.athena,
      start: async (sql: string, token: string) =>
        counts(sql) ? Promise.reject(new Error('TooManyRequestsException')) : ports.athena.start(sql, token),
    };
    await land(ports, 10, 'run10');
    await mergeRows(ports, orders, fileRef(10), 'run10');
    const published: BatchMetrics[] = [];
    const over = { publish: (metrics: BatchMetrics) => void published.push(metrics), athena: failing };
    const dying = () => Promise.reject(new Error('killed'));
    const publish = (more: object) =>
      publishBatch({ ...ports, filesDone: async () => undefined, ...over, ...more }, homes, 'run10');
    await expect(publish({ filesDone: dying })).rejects.toThrow('killed');

    expect((await publish({})).outcome).toBe('done');

    expect(ports.uncounted).toEqual(['orders']);
    expect(await getFile(ports.ledger, 'file10')).toMatchObject({ status: 'done', orphans: null });
    expect(recordOf(ports, 10)).toMatchObject({ outcome: 'done', orphans: null });
    expect(published.map(({ orphans }) => orphans)).toEqual([null, null]);
  });

  it('keeps the orphans that a file had when it was done, though its parents have come since', async () => {
    const ports = world(fakeAthena());
    await land(ports, 10, 'run10');
    await mergeRows(ports, orders, fileRef(10), 'run10');
    const missing = [{ column_name: 'order_id', parent: 'shops', on_orphan: 'flag' as const, rows: 3 }];
    const found: Partial<FileItem> = {
      status: 'done',
      anomalies: [],
      orphans: missing,
      finished_at: '2026-03-01T00:00:09.000Z',
    };
    await updateFile(ports.ledger, ports.clock, 'file10', () => found);

    await publishing(ports);

    expect(recordOf(ports, 10)).toMatchObject({ orphans: missing, finished_at: found.finished_at });
  });

  it('does not tell how long a file took from its drop that was out of the lake in between', async () => {
    const ports = world(fakeAthena());
    await claimFile(ports.ledger, ports.clock, { ...fileRef(10), run: 'run9' });
    await updateFile(ports.ledger, ports.clock, 'file10', () => ({ status: 'undone', undone_at: 'then' }));
    const taken = await takeAgain(ports.ledger, ports.clock, 'file10', 'then', async () => undefined);
    await land(ports, 10, 'run10');
    await mergeRows(ports, orders, fileRef(10), 'run10');
    const published: BatchMetrics[] = [];

    await publishing(ports, { publish: (metrics) => void published.push(metrics) });

    expect(taken?.again_at).toBe(ports.clock.now().toISOString());
    expect(recordOf(ports, 10)?.drop_to_gold_seconds).toBeNull();
    expect(published[0]!.perFile).toEqual([expect.objectContaining({ dropToGoldSeconds: undefined, runSeconds: 0 })]);
  });

  it('tells how long its run took, from when it claimed the file', async () => {
    const clock = handClock();
    const ports = world(fakeAthena(), memoryStore(), clock);
    await land(ports, 10, 'run-that-failed');
    clock.advance(3600);
    await claimFile(ports.ledger, clock, { ...fileRef(10), run: 'run10' });
    clock.advance(20);
    await mergeRows(ports, orders, fileRef(10), 'run10');
    const published: BatchMetrics[] = [];

    await publishing(ports, { publish: (metrics) => void published.push(metrics) });

    expect(published[0]!.perFile).toEqual([expect.objectContaining({ bytes: 1, rows: 1, runSeconds: 20 })]);
  });
});

describe('a file that is refused', () => {
  const counts: RowCounts = { in: 10, accepted: 4, rejected: 6, duplicate: 0, superseded: 0 };
  const result = {
    ...{ counts, rejectedPercent: 60, reasons: { 'order_id.required': 6 }, partitions: [], bytes: 1, sourceBytes: 1 },
    ...{ acceptedPaths: ['a'], rejectedPath: 'r', profilePath: 'p' },
    profile: {
      ...{ dataset: 'orders', contract_version: '1.0.0', format: 'csv', compression: 'none', counts, source_bytes: 1 },
      ...{
        reasons: { 'order_id.required': 6 },
        warnings: {},
        gates: [],
        unknown_columns: [],
        columns: {},
        partitions: [],
      },
    },
  } as unknown as ValidationResult;

  function refusing(ports: World, over: Partial<ValidatePorts> = {}) {
    const told: FileRecord[] = [];
    const validating: ValidatePorts = {
      ...{ ledger: ports.ledger, clock: ports.clock, catalog: ports.catalog, records: ports.records },
      validate: () => Promise.reject(tooManyRejects(result, 5)),
      upload: async () => undefined,
      refused: (record) => void told.push(record),
      ...over,
    };
    return { told, run: () => validateLanded(validating, orders, fileRef(1), 'run1') };
  }

  it('leaves a record with the reason and the figures, and is counted', async () => {
    const ports = world(fakeAthena());
    await claimFile(ports.ledger, ports.clock, { ...fileRef(1), run: 'run1' });
    const { told, run } = refusing(ports);

    await expect(run()).rejects.toThrow(FileRejectedError);

    expect(recordOf(ports, 1)).toMatchObject({ outcome: 'rejected', rows_rejected: 6, run: 'run1', attempt: 1 });
    expect(ports.records.days).toEqual(new Set(['orders 2026-03-01']));
    expect(told).toEqual([recordOf(ports, 1)]);
    expect(await getFile(ports.ledger, 'file1')).toMatchObject({ status: 'rejected' });
  });

  it('is not known as refused before its record is written', async () => {
    const ports = world(fakeAthena());
    await claimFile(ports.ledger, ports.clock, { ...fileRef(1), run: 'run1' });
    const broken = { ...ports.records, write: () => Promise.reject(new Error('SlowDown')) };

    await expect(refusing(ports, { records: broken }).run()).rejects.toThrow('SlowDown');

    expect((await getFile(ports.ledger, 'file1'))?.status).toBe('received');
    await expect(refusing(ports).run()).rejects.toThrow(FileRejectedError);
    expect(recordOf(ports, 1)).toMatchObject({ outcome: 'rejected', attempt: 2 });
  });

  it('leaves the record alone of a validation that was merged while its own rows were made visible', async () => {
    const ports = world(fakeAthena());
    await claimFile(ports.ledger, ports.clock, { ...fileRef(1), run: 'run1' });
    const registerQuarantine = async () => {
      await land(ports, 1, 'run2');
      await lead(ports, 1, 'run2');
    };
    const { told, run } = refusing(ports, { catalog: { ...ports.catalog, registerQuarantine } });

    await expect(run()).rejects.toThrow(FileRejectedError);

    expect(recordOf(ports, 1)).toMatchObject({ outcome: 'done', run: 'run2' });
    expect(told).toEqual([]);
  });

  it('leaves the record of a validation that was merged before it alone', async () => {
    const ports = world(fakeAthena());
    await land(ports, 1, 'run1');
    await lead(ports, 1, 'run1');
    const { told, run } = refusing(ports);

    await expect(run()).rejects.toThrow(FileRejectedError);

    expect(recordOf(ports, 1)).toMatchObject({ outcome: 'done' });
    expect(told).toEqual([]);
  });

  it('is taken over by the record of a later success', async () => {
    const ports = world(fakeAthena());
    await claimFile(ports.ledger, ports.clock, { ...fileRef(1), run: 'run1' });
    await expect(refusing(ports).run()).rejects.toThrow(FileRejectedError);

    await land(ports, 1, 'run2');
    await lead(ports, 1, 'run2');

    expect([...ports.records.written.keys()]).toEqual([keyOf(1)]);
    expect(recordOf(ports, 1)).toMatchObject({ outcome: 'done', error: null, run: 'run2' });
  });
});
