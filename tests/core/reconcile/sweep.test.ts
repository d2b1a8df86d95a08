import { describe, expect, it } from '@jest/globals';
import type { FileItem } from '../../../core/ledger/items.ts';
import { batchKey, stagedKey } from '../../../core/ledger/table.ts';
import { arn, landedAt, sweepWorld } from './world.ts';

const started = (report: { started: { first: { key: string }[] } }) => report.started.first.map(({ key }) => key);

describe('a sweep', () => {
  it('puts every version into one class, and says that all are accounted for', async () => {
    const world = sweepWorld();
    for (const status of ['done', 'rejected', 'failed', 'undone'] as const) {
      world.file(`${status}.csv`, { status, error: status === 'failed' ? 'ContractError: no' : undefined });
    }
    world.file('typo.csv', { status: 'rejected', dataset: 'unknown' });
    world.land('landing/orders/folder/', { size: 0 });
    world.land('new.csv', { last_modified: '2026-03-01T10:10:00.000Z' });
    world.file('received.csv', { status: 'received', updated_at: '2026-03-01T10:10:00.000Z' });

    const report = await world.sweep();

    expect(report.classes).toMatchObject({
      ...{ done: 1, rejected: 1, failed: 1, undone: 1, unknown_dataset: 1, folder_marker: 1, arriving: 1, received: 1 },
      ...{ missed: 0, staged: 0, merged: 0 },
    });
    expect(report.sentence).toBe('8 files, 8 accounted for');
    expect(report.datasets).toEqual({ orders: expect.objectContaining({ done: 1, arriving: 1 }) });
    expect([report.started.count, report.stuck.count, report.bronze.count]).toEqual([0, 0, 0]);
  });

  it('starts a run for each version that the ledger does not know, oldest first, with the input that S3 would give', async () => {
    const world = sweepWorld();
    world.land('b.csv', { last_modified: '2026-03-01T09:00:00.000Z' });
    const id = world.land('a.csv', { last_modified: '2026-03-01T08:00:00.000Z' });

    const report = await world.sweep();

    expect(report.sentence).toBe('2 files, 2 accounted for (2 missed, 2 runs started)');
    expect(started(report)).toEqual(['landing/orders/a.csv', 'landing/orders/b.csv']);
    const input = world.runs.get(arn(`reconcile-${id}-0`))?.input;
    expect(JSON.parse(input!)).toEqual({
      detail: {
        bucket: { name: 'landing' },
        object: { key: 'landing/orders/a.csv', size: 10, etag: 'e', 'version-id': 'v1' },
      },
    });
  });

  it('starts no second run while that of an earlier sweep goes on, nor when two sweep at once', async () => {
    const world = sweepWorld();
    world.land('a.csv');

    const both = await Promise.all([world.sweep(), world.sweep()]);
    const later = await world.sweep();

    expect(both.map(({ started }) => started.count).sort()).toEqual([0, 1]);
    expect(later.started.count).toBe(0);
    expect(later.sentence).toBe('1 file, 1 accounted for (1 missed)');
    expect(world.runs.size).toBe(1);
  });

  it('starts another when that one ended without effect, and names the file as stuck when five have', async () => {
    const world = sweepWorld();
    const id = world.land('a.csv');
    const counts: number[] = [];
    for (let sweep = 0; sweep < 6; sweep++) {
      const report = await world.sweep();
      counts.push(report.started.count);
      for (const run of world.runs.values()) run.status = 'FAILED';
      world.clock.advance(3600);
    }

    const report = await world.sweep();

    expect(counts).toEqual([1, 1, 1, 1, 1, 0]);
    expect(report.stuck.first).toMatchObject([{ file_id: id, what: expect.stringContaining('5 runs') }]);
    expect(report.sentence).toBe('1 file, 0 accounted for (1 missed, 1 stuck)');
  });

  it('starts no more than it may, and tells how many are left to the next', async () => {
    const world = sweepWorld();
    for (let n = 0; n < 30; n++) world.land(`${n}.csv`, { last_modified: `2026-03-01T09:00:${10 + n}.000Z` });

    const report = await world.sweep({ maxStarts: 7 });

    expect(started(report)).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `landing/orders/${n}.csv`));
    expect(report).toMatchObject({ files: 30, accounted_for: 7, missed: { count: 30 }, not_started: { count: 23 } });
  });

  it('changes nothing in a dry run, and says what it would do', async () => {
    const world = sweepWorld();
    world.land('missed.csv');
    world.file('lost.csv', { status: 'received' });
    world.file('failed.csv', { status: 'received' });
    world.ended('failed.csv', 'FAILED');
    world.table({ owner: arn('gone'), expires_at: '2026-03-01T10:16:00.000Z', staged_seq: 1 });
    const before = structuredClone([...world.ledger.items]);

    const report = await world.sweep({ dryRun: true });

    expect(report.sentence).toBe('3 files, 2 accounted for (1 missed, 2 runs to be started)');
    expect(report.reported.count).toBe(1);
    expect(report.tables).toMatchObject([{ table: 'orders', waiting: 1, what: expect.stringContaining('is gone') }]);
    expect([...world.ledger.items]).toEqual(before);
    expect([world.runs.size, world.reported.length]).toEqual([1, 0]);
  });

  it('looks at one dataset alone when told so', async () => {
    const world = sweepWorld();
    world.land('a.csv');
    world.land('landing/products/p.csv');

    const report = await world.sweep({ dataset: 'products' });

    expect(report).toMatchObject({ dataset: 'products', files: 1 });
    expect(started(report)).toEqual(['landing/products/p.csv']);
  });

  it('does not account for files of which the ledger can not be asked, and goes on with the others', async () => {
    const world = sweepWorld();
    for (let n = 0; n < 250; n++) world.file(`${String(n).padStart(3, '0')}.csv`);
    const { getMany } = world.ledger;
    let calls = 0;
    world.ledger.getMany = async (keys) => {
      // The three of bronze come first.
      if (++calls === 5) throw new Error('ProvisionedThroughputExceeded');
      return getMany(keys) as never;
    };

    const report = await world.sweep();

    expect(report.files).toBe(250);
    expect(report.classes.done).toBe(report.accounted_for);
    expect([150, 200]).toContain(report.accounted_for);
    expect(report.errors).toEqual(['Error: ProvisionedThroughputExceeded']);
  });

  it('fails when landing can not be listed', async () => {
    const world = sweepWorld();
    world.ports.landing.versions = () => {
      throw new Error('AccessDenied');
    };

    await expect(world.sweep()).rejects.toThrow('AccessDenied');
  });

  it('tells datasets of which no file has come for longer than their contract says', async () => {
    const world = sweepWorld();
    world.ports.datasets = { orders: { freshnessSeconds: 1800 }, products: { freshnessSeconds: 60 }, events: {} };
    world.file('a.csv');

    const report = await world.sweep();

    expect(report.stale).toEqual([
      { dataset: 'orders', newest: landedAt, expected_within_seconds: 1800 },
      { dataset: 'products', newest: null, expected_within_seconds: 60 },
    ]);
  });
});

describe('a file that was received and got no further', () => {
  it.each(['gone', 'SUCCEEDED'])('gets a run when its own is %s', async (status) => {
    const world = sweepWorld();
    world.file('a.csv', { status: 'received' });
    if (status !== 'gone') world.ended('a.csv', status);

    const report = await world.sweep();

    expect(started(report)).toEqual(['landing/orders/a.csv']);
    expect(report.sentence).toBe('1 file, 1 accounted for (1 run started)');
  });

  it('is left to its run while that goes on, and named when nothing has been heard of it for hours', async () => {
    const world = sweepWorld();
    world.file('a.csv', { status: 'received' });
    world.runs.set(arn('a.csv'), { status: 'RUNNING', startedAt: new Date(landedAt) });

    const soon = await world.sweep();
    world.clock.advance(2 * 3600);
    const late = await world.sweep();

    expect([soon, late].map(({ started, stuck }) => [started.count, stuck.count])).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it.each(['FAILED', 'TIMED_OUT', 'ABORTED'])(
    'is reported when its run ended %s and nobody had been told',
    async (status) => {
      const world = sweepWorld();
      world.file('a.csv', { status: 'received' });
      world.ended('a.csv', status, 'QueryRejectedError');

      const report = await world.sweep();

      expect(world.reported).toEqual([arn('a.csv')]);
      expect(report).toMatchObject({ reported: { count: 1 }, started: { count: 0 }, classes: { failed: 1 } });
    },
  );

  it('is reported and started again when its run failed of what passes by itself', async () => {
    const world = sweepWorld();
    world.file('a.csv', { status: 'received' });
    world.ended('a.csv', 'FAILED', 'States.ServiceRestart');

    const report = await world.sweep();

    expect(world.reported).toEqual([arn('a.csv')]);
    expect(started(report)).toEqual(['landing/orders/a.csv']);
  });

  it('is left alone while the report of its failure may be on its way', async () => {
    const world = sweepWorld();
    world.file('a.csv', { status: 'received' });
    world.ended('a.csv', 'FAILED');
    world.runs.get(arn('a.csv'))!.stoppedAt = new Date('2026-03-01T10:14:00.000Z');

    const report = await world.sweep();

    expect([world.reported.length, report.started.count, report.classes.received]).toEqual([0, 0, 1]);
  });

  it('is found although its version has been removed from landing', async () => {
    const world = sweepWorld();
    const id = world.file('a.csv', { status: 'received' });
    world.versions.length = 0;

    const report = await world.sweep();

    expect(report).toMatchObject({ files: 0, accounted_for: 0, started: { first: [{ file_id: id }] } });
  });
});

describe('a file that failed', () => {
  it('is started again where the cause passes by itself, five times at most, and then left', async () => {
    const world = sweepWorld();
    const id = world.file('a.csv', { status: 'failed', error: 'ServiceUnavailableError: Athena' });
    world.ended('a.csv', 'FAILED');
    const counts: number[] = [];
    for (let sweep = 0; sweep < 7; sweep++) {
      const report = await world.sweep();
      counts.push(report.started.count);
      const [newest] = [...world.runs.keys()].reverse();
      world.runs.get(newest!)!.status = 'FAILED';
      world.put({ ...(await world.ledger.get<FileItem>(`file#${id}`, 'file'))!, run: newest! } as FileItem);
      world.clock.advance(3600);
    }

    const report = await world.sweep();

    expect(counts).toEqual([1, 1, 1, 1, 1, 0, 0]);
    expect(report).toMatchObject({ not_started: { count: 1 }, stuck: { count: 0 }, accounted_for: 1 });
  });

  it('does not take the place of a missed one when no run helps it any more', async () => {
    const world = sweepWorld();
    for (let n = 0; n < 5; n++) {
      const id = world.file(`old${n}.csv`, { status: 'failed', error: 'ServiceUnavailableError: Athena' });
      const item = await world.ledger.get<FileItem>(`file#${id}`, 'file');
      world.put({ ...item!, run: arn(`reconcile-${id}-4`) } as FileItem);
    }
    world.land('new.csv', { last_modified: '2026-03-01T09:30:00.000Z' });

    const report = await world.sweep({ maxStarts: 2 });

    expect(started(report)).toEqual(['landing/orders/new.csv']);
    expect(report.not_started.count).toBe(5);
  });

  it('is left to the run that goes on from where it failed', async () => {
    const world = sweepWorld();
    world.file('a.csv', { status: 'failed', error: 'ThrottledError: slow' });
    world.runs.set(arn('a.csv'), { status: 'RUNNING', startedAt: new Date(landedAt) });

    expect((await world.sweep()).started.count).toBe(0);
  });

  it('is left to a person where it does not', async () => {
    const world = sweepWorld();
    world.file('a.csv', { status: 'failed', error: 'QueryRejectedError: ThrottledError' });

    expect((await world.sweep()).started.count).toBe(0);
  });
});

describe('files that are staged', () => {
  const staged = (world: ReturnType<typeof sweepWorld>, name: string, seq: number, over: Partial<FileItem> = {}) => {
    const id = world.file(name, { status: 'staged', staged_seq: seq, stage_id: `${seq}`, ...over });
    world.put({ pk: 'table#orders', sk: stagedKey(seq), staged_seq: seq, file_id: id } as never);
    return id;
  };

  it('are brought on by one run when nobody leads', async () => {
    const world = sweepWorld();
    for (const seq of [1, 2, 3]) staged(world, `${seq}.csv`, seq);
    world.table({ staged_seq: 3 });

    const report = await world.sweep();

    expect(report.tables).toMatchObject([{ table: 'orders', waiting: 3, run: expect.stringContaining('woken') }]);
    expect(report.classes.staged).toBe(3);
    expect(world.runs.size).toBe(1);
  });

  it('are brought on when the lease has expired with a batch open, and when a split batch has parts left', async () => {
    const world = sweepWorld();
    const id = staged(world, '1.csv', 1);
    world.batch({ sk: batchKey(1), to_seq: 1, status: 'planned', file_ids: [id], planned_at: landedAt });
    world.table({
      ...{ staged_seq: 1, planned_seq: 1, split: [1], owner: arn('leader'), expires_at: '2026-03-01T10:14:59.000Z' },
    });
    world.runs.set(arn('leader'), { status: 'RUNNING', startedAt: new Date(landedAt) });

    const report = await world.sweep();

    expect(report.tables).toMatchObject([{ table: 'orders', waiting: 1, run: expect.stringContaining('woken') }]);
  });

  it('are left to the run that leads, and named only when its batch has not moved for hours', async () => {
    const world = sweepWorld();
    const id = staged(world, '1.csv', 1);
    world.batch({ sk: batchKey(1), to_seq: 1, status: 'submitted', file_ids: [id], planned_at: landedAt });
    world.table({ staged_seq: 1, planned_seq: 1, open_batch: 1, owner: arn('leader'), expires_at: '2099' });
    world.runs.set(arn('leader'), { status: 'RUNNING', startedAt: new Date(landedAt) });

    const soon = await world.sweep();
    world.clock.advance(3600 + 60);
    const late = await world.sweep();

    expect([soon, late].map(({ stuck, tables }) => [stuck.count, tables.length])).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  it('are stuck when they have waited for hours, unless their table only lacked a run', async () => {
    const [lacking, failing] = [sweepWorld(), sweepWorld()];
    staged(lacking, '1.csv', 1);
    staged(failing, '1.csv', 1, { error: 'StatementRefusedError: no' });
    staged(failing, '2.csv', 2);
    const reports = [lacking, failing].map((world, n) => {
      world.table({ staged_seq: n + 1 });
      world.clock.advance(2 * 3600);
      return world.sweep();
    });

    const [one, two] = await Promise.all(reports);

    expect([one!.stuck.count, one!.tables.length]).toEqual([0, 1]);
    expect(two!.stuck.first.map(({ what }) => what)).toEqual([
      'staged, and its table does not move; its own run failed: StatementRefusedError: no',
      'staged, and its table does not move',
    ]);
  });

  it('are freed of a leader that is gone', async () => {
    const world = sweepWorld();
    staged(world, '1.csv', 1);
    world.table({ staged_seq: 1, owner: arn('leader'), expires_at: '2099-01-01T00:00:00.000Z' });

    const report = await world.sweep();

    expect(report.tables.map(({ what }) => what)).toEqual([
      'the lease was held by a run that is gone',
      'files wait and nobody leads',
    ]);
    expect(world.runs.size).toBe(1);
  });

  it('are freed of a leader that failed, and that is reported', async () => {
    const world = sweepWorld();
    staged(world, '1.csv', 1);
    staged(world, '2.csv', 2, { run: arn('leader') });
    world.table({ staged_seq: 2, owner: arn('leader'), expires_at: '2099-01-01T00:00:00.000Z' });
    world.ended('leader', 'FAILED', 'ServiceUnavailableError');

    const report = await world.sweep();

    expect(world.reported).toEqual([arn('leader')]);
    expect(report.reported.first).toMatchObject([{ key: 'table orders', run: arn('leader') }]);
    expect([...world.runs.keys()].filter((run) => run.includes('woken'))).toHaveLength(1);
  });

  it('are counted as merged when their batch is', async () => {
    const world = sweepWorld();
    const id = staged(world, '1.csv', 1);
    world.batch({
      sk: batchKey(1),
      to_seq: 1,
      status: 'merged',
      file_ids: [id],
      planned_at: landedAt,
      merged_at: landedAt,
    });
    world.table({ staged_seq: 1, planned_seq: 1, open_batch: 1 });

    const report = await world.sweep();

    expect(report.classes.merged).toBe(1);
    expect(report.tables).toHaveLength(1);
  });
});

describe('bronze', () => {
  it('is named where the ledger does not know it, where it is not whole, and where it is missing', async () => {
    const world = sweepWorld();
    const missing = world.file('missing.csv');
    const unfinished = world.file('unfinished.csv');
    world.file('whole.csv');
    for (const key of [...world.bronze]) {
      if (key.includes(missing) || (key.includes(unfinished) && key.endsWith('_lineage.json')))
        world.bronze.delete(key);
    }
    const stranger = `bronze/orders/ingest_date=2026-03-01/${'0'.repeat(32)}`;
    world.bronze.add(`${stranger}/x.csv`).add(`${stranger}/_lineage.json`).add('bronze/stray.txt');

    const report = await world.sweep();

    expect(report.bronze.first.map(({ key, what }) => `${key} ${what.split(':')[0]}`).sort()).toEqual([
      `${stranger}/ the ledger does not know the file that it is of`,
      'bronze/stray.txt it is not bronze/<dataset>/ingest_date=<date>/<file id>/<name>',
      'landing/orders/missing.csv its bronze is missing',
      'landing/orders/unfinished.csv its bronze is without lineage',
    ]);
    expect(report.accounted_for).toBe(3);
  });

  it('is not missed of a file that is frozen while the sweep goes on', async () => {
    const world = sweepWorld();
    world.file('a.csv');
    world.ports.lake.objects = async function* () {
      yield [];
    };

    expect((await world.sweep()).bronze.count).toBe(0);
  });
});
