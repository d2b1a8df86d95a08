import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { getFile, updateFile } from '../../../core/ledger/files.ts';
import { getTable } from '../../../core/ledger/table.ts';
import { currentOperation } from '../../../core/operation/current.ts';
import { finishUndo, undoFile } from '../../../core/operation/undo.ts';
import { planUndo } from '../../../core/operation/undo-plan.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import { seeded } from '../../engine/seed.ts';
import { content, type DuckLake, duckLake, fileIdOf, fileRef, model, type Thing } from './duck-lake.ts';

seeded('undo');

const thing = (id: string, amount: number, version: number, day = '2026-03-01'): Thing => ({
  id,
  amount,
  version,
  day,
});

/** The states of the undo machine from UndoFile on, as a run goes through them. */
async function undo(lake: DuckLake, n: number, run = `undo${n}`, ports = lake.ports): Promise<string> {
  for (let calls = 0; calls < 100; calls++) {
    const { outcome } = await undoFile(ports, lake.dataset, fileIdOf(n), run);
    if (outcome === 'waiting') return outcome;
    if (outcome === 'running') continue;
    await finishUndo(ports, lake.dataset, fileIdOf(n), run);
    return outcome;
  }
  return 'running';
}

const rowsOf = async (lake: DuckLake) => (await lake.silver()).map((row) => content(lake.dataset, row)).sort();

const a = [thing('1', 1, 1), thing('2', 2, 1), thing('3', 3, 1), thing('4', 4, 1)];
const b = [thing('2', 20, 2), thing('3', 3, 2, '2026-03-09'), thing('4', 40, 2), thing('5', 50, 2)];
const c = [thing('4', 400, 3), thing('6', 6, 3)];

async function three(): Promise<DuckLake> {
  const lake = await duckLake();
  await lake.drop(1, a);
  await lake.drop(2, b);
  await lake.drop(3, c);
  return lake;
}

const without2 = (lake: DuckLake) =>
  model(
    lake.dataset,
    new Map([
      [1, a],
      [3, c],
    ]),
  );

describe('undoFile', () => {
  it('leaves silver as if the file had never been dropped', async () => {
    const lake = await three();

    expect(await undo(lake, 2)).toBe('undone');

    expect(await rowsOf(lake)).toEqual(without2(lake));
    expect(await getFile(lake.ports.ledger, fileIdOf(2))).toMatchObject({ status: 'undone', undone_by: 'undo2' });
    expect(lake.unregistered).toEqual([`things ${fileIdOf(2)}`]);
    const table = await getTable(lake.ports.ledger, 'things');
    expect(table).toMatchObject({ batch_seq: 4, removed_seq: 4, committed: { batch_seq: 4, snapshot_id: '104' } });
    expect(table.owner).toBeUndefined();
    expect(await currentOperation(lake.ports.ledger, 'things')).toBeUndefined();
  });

  it('does not bring back what other undone files had', async () => {
    const lake = await three();
    await undo(lake, 1);

    await undo(lake, 2);

    expect(await rowsOf(lake)).toEqual(model(lake.dataset, new Map([[3, c]])));
  });

  it('brings back a tombstone that the file had revived', async () => {
    const lake = await duckLake();
    const dead = [{ ...thing('1', 1, 1), deleted: true }];
    await lake.drop(1, dead);
    await lake.drop(2, [thing('1', 2, 2)]);

    await undo(lake, 2);

    expect(await rowsOf(lake)).toEqual(model(lake.dataset, new Map([[1, dead]])));
  });

  it('finds what superseded rows there are under older stages of a file', async () => {
    const lake = await three();
    // A row of B under another stage than the one that counts: the contract has changed its key since, say.
    await lake.ports.athena.get(
      await lake.ports.athena.start(
        `insert into si.things select 'old', 1, date '2026-03-01', 'x', false, '${fileIdOf(2)}', 0, 'h', null, null, 2`,
        'insert',
      ),
    );

    await undo(lake, 2);

    expect(await rowsOf(lake)).toEqual(without2(lake));
  });

  it('marks a file of which nothing is left, without a commit', async () => {
    const lake = await duckLake();
    await lake.drop(1, [thing('1', 1, 1)]);
    await lake.drop(2, [thing('1', 2, 2)]);

    expect(await undo(lake, 1)).toBe('undone');

    const table = await getTable(lake.ports.ledger, 'things');
    expect(table).toMatchObject({ batch_seq: 2, committed: { batch_seq: 2 } });
    expect(await getFile(lake.ports.ledger, fileIdOf(1))).toMatchObject({ status: 'undone' });
  });

  it('merges in several statements what comes back to more partitions than one may write to', async () => {
    const lake = await duckLake();
    const day = (n: number) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10);
    const wide = Array.from({ length: 250 }, (_, n) => thing(`${n}`, n, 1, day(n)));
    await lake.drop(1, wide);
    await lake.drop(2, [...wide.map((row) => ({ ...row, amount: -1, version: 2 })), thing('new', 1, 1)]);
    lake.sent.length = 0;

    await undo(lake, 2);

    expect(lake.sent.filter((sql) => sql.startsWith('merge'))).toHaveLength(4);
    expect(await rowsOf(lake)).toEqual(model(lake.dataset, new Map([[1, wide]])));
  });

  it.each(['rejected', 'failed'] as const)(
    'takes out what a %s file has left in silver, and leaves one that has nothing',
    async (status) => {
      const lake = await three();
      const { ledger, clock } = lake.ports;
      await lake.stage(4, [thing('9', 9, 9)]);
      for (const n of [2, 4]) await updateFile(ledger, clock, fileIdOf(n), () => ({ status }));

      expect(await undo(lake, 4)).toBe('nothing');
      expect(await undo(lake, 2)).toBe('undone');

      expect(await rowsOf(lake)).toEqual(without2(lake));
      expect((await getFile(ledger, fileIdOf(4)))?.status).toBe(status);
      expect((await getFile(ledger, fileIdOf(2)))?.status).toBe('undone');
    },
  );

  it('leaves alone what a file that is not merged as a whole has in silver', async () => {
    const lake = await duckLake();
    const newer = [thing('1', 2, 2)];
    await lake.drop(1, [thing('1', 1, 1), thing('2', 1, 1)]);
    await lake.drop(2, newer);
    // The first parts of a wide file were merged, and another failed.
    await updateFile(lake.ports.ledger, lake.clock, fileIdOf(2), () => ({ status: 'failed' }));

    await undo(lake, 1);

    expect(await rowsOf(lake)).toEqual(model(lake.dataset, new Map([[2, newer]])));
  });

  it('refuses a file that is on its way, one that is not known, and rows whose staging is gone', async () => {
    const lake = await three();
    await lake.stage(4, [thing('9', 9, 9)]);
    await lake.unstage(1);

    await expect(undo(lake, 4)).rejects.toMatchObject({
      name: 'OperationRefusedError',
      message: expect.stringMatching(/is received.*wait for it/),
    });
    await expect(undo(lake, 99)).rejects.toMatchObject({ name: 'InvalidInputError' });
    await expect(undo(lake, 2)).rejects.toMatchObject({
      name: 'OperationRefusedError',
      message: expect.stringContaining(`${fileIdOf(1)} (landing/things/1.csv`),
    });
  });

  it('does not mark a file that is run again while it is taken out', async () => {
    const lake = await three();
    const { athena, ledger, clock } = lake.ports;
    await updateFile(ledger, clock, fileIdOf(2), () => ({ status: 'failed' }));
    const start = async (sql: string, token: string) => {
      if (sql.startsWith('merge')) await updateFile(ledger, clock, fileIdOf(2), () => ({ status: 'received' }));
      return athena.start(sql, token);
    };

    const ending = undo(lake, 2, 'undo2', { ...lake.ports, athena: { ...athena, start } });

    await expect(ending).rejects.toMatchObject({ name: 'OperationRefusedError' });
    expect((await getFile(ledger, fileIdOf(2)))?.status).toBe('received');
  });

  it('waits for the leader, is next, and wakes what waits for it', async () => {
    const lake = await three();
    lake.control.hold = true;
    await lake.stage(4, [thing('7', 7, 7)]);
    await mergeRows(lake.ports, lake.dataset, fileRef(4), 'run4');

    const first = await undoFile(lake.ports, lake.dataset, fileIdOf(2), 'undo2');
    lake.control.hold = false;
    await lake.stage(5, [thing('8', 8, 8)]);
    await lake.lead(4);
    await lake.lead(5);

    expect(first).toEqual({ outcome: 'waiting', waits_for: 'run4' });
    expect(await undo(lake, 2)).toBe('undone');
    expect(await rowsOf(lake)).toEqual(
      model(
        lake.dataset,
        new Map([
          [1, a],
          [3, c],
          [4, [thing('7', 7, 7)]],
        ]),
      ),
    );
    // The file that came meanwhile is merged now.
    expect(lake.started).toHaveLength(1);
  });

  it('gives up after an hour, says for whom it waits, and waits anew when continued', async () => {
    const lake = await three();
    lake.control.hold = true;
    await lake.stage(4, [thing('7', 7, 7)]);
    await mergeRows(lake.ports, lake.dataset, fileRef(4), 'run4');
    const ask = () => undoFile(lake.ports, lake.dataset, fileIdOf(2), 'undo2');
    const lead = () => mergeRows(lake.ports, lake.dataset, fileRef(4), 'run4');
    await ask();
    for (let minute = 0; minute < 61; minute++) {
      lake.clock.advance(60);
      await lead();
    }

    await expect(ask()).rejects.toMatchObject({
      name: 'OperationRefusedError',
      message: expect.stringContaining('run4'),
    });

    expect((await getTable(lake.ports.ledger, 'things')).turn).toBeUndefined();
    expect(await ask()).toMatchObject({ outcome: 'waiting' });
  });

  it('wakes a batch that is in its way and that nobody leads', async () => {
    const lake = await three();
    lake.control.hold = true;
    await lake.stage(4, [thing('7', 7, 7)]);
    await mergeRows(lake.ports, lake.dataset, fileRef(4), 'run4');
    lake.clock.advance(1000);

    const waiting = await undoFile(lake.ports, lake.dataset, fileIdOf(2), 'undo2');

    expect(waiting).toEqual({ outcome: 'waiting', waits_for: undefined });
    expect(lake.started).toHaveLength(1);
  });

  it('has marts look for what it removed, also when its run dies before the commit and others merge first', async () => {
    const lake = await three();
    const before = (await getTable(lake.ports.ledger, 'things')).committed!.batch_seq;
    const dying = async () => {
      throw new Error('stopped');
    };
    const ports = { ...lake.ports, catalog: { ...lake.ports.catalog, registerQuarantine: dying } };
    await expect(undo(lake, 2, 'undo2', ports)).rejects.toThrow('stopped');
    lake.clock.advance(1000);

    await lake.drop(4, [thing('9', 9, 9)]);

    const { committed, removed_seq } = await getTable(lake.ports.ledger, 'things');
    expect(removed_seq).toBeGreaterThan(before);
    expect(committed!.batch_seq).toBeGreaterThan(removed_seq!);
  });

  it('says so when rows are missing afterwards, records nothing, and puts it right when continued', async () => {
    const lake = await three();
    const { athena } = lake.ports;
    let meddle = true;
    const meddling = {
      ...lake.ports,
      athena: {
        ...athena,
        async start(sql: string, token: string) {
          const id = await athena.start(sql, token);
          if (sql.startsWith('merge') && meddle) {
            meddle = false;
            await athena.get(id);
            await athena.get(await athena.start("delete from si.things where id = '2'", 'foreign'));
          }
          return id;
        },
      },
    };

    await expect(undo(lake, 2, 'undo2', meddling)).rejects.toMatchObject({ name: 'RowConservationError' });
    expect((await getFile(lake.ports.ledger, fileIdOf(2)))?.status).toBe('done');

    expect(await undo(lake, 2)).toBe('undone');
    expect(await rowsOf(lake)).toEqual(without2(lake));
  });
});

describe('planUndo', () => {
  it('tells in a dry run what would change, and changes nothing', async () => {
    const lake = await three();
    const before = await lake.silver();
    const table = await getTable(lake.ports.ledger, 'things');

    const planned = await planUndo(
      lake.ports,
      { things: lake.dataset },
      { file_id: fileIdOf(2), dry_run: true },
      'arn:run1',
    );

    expect(planned).toMatchObject({
      next: 'dry_run',
      dataset: 'things',
      changes: {
        ...{ owned_rows: 3, gone_rows: 1, back_rows: 2, back_files: 1 },
        back_from: [{ file_id: fileIdOf(1), key: 'landing/things/1.csv', rows: 2 }],
      },
    });
    expect(await lake.silver()).toEqual(before);
    expect(await getTable(lake.ports.ledger, 'things')).toEqual(table);
    expect(lake.sent.at(-1)).not.toMatch(/^merge/);
  });

  it('ends at once for a file that is out, and goes on with one whose undo did not end', async () => {
    const lake = await three();
    const plan = (dry_run = false) =>
      planUndo(lake.ports, { things: lake.dataset }, { file_id: fileIdOf(2), dry_run }, 'run1');
    const first = await plan();
    await undoFile(lake.ports, lake.dataset, fileIdOf(2), 'undo2');
    const between = await plan();
    const dry = await plan(true);
    await finishUndo(lake.ports, lake.dataset, fileIdOf(2), 'undo2');

    expect([first, between, await plan()].map(({ next }) => next)).toEqual(['undo', 'undo', 'already_undone']);
    expect(dry).toMatchObject({ next: 'dry_run', changes: { owned_rows: 3, back_rows: 2 } });
    expect((await plan(true)).next).toBe('already_undone');
  });
});

describe('an undo that stops', () => {
  /** Ports that die at one of their side effects. */
  function mortal(lake: DuckLake, last: number) {
    let calls = 0;
    const dying =
      <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        const result = await work(...args);
        calls += 1;
        if (calls === last) throw new Error('stopped');
        return result;
      };
    const { ledger, athena, catalog } = lake.ports;
    const ports = {
      ...lake.ports,
      ledger: { ...ledger, write: dying(ledger.write) },
      athena: { ...athena, start: dying(athena.start), get: dying(athena.get) },
      catalog: { ...catalog, registerQuarantine: dying(catalog.registerQuarantine) },
    };
    return { ports, calls: () => calls };
  }

  /** Ledger writes, query starts, looks at queries and the quarantine: what is done is done, but nobody hears of it. */
  const effects = Array.from({ length: 36 }, (_, n) => n + 1);

  it('has as many side effects as are tried', async () => {
    const lake = await three();
    const counted = mortal(lake, 0);
    await undo(lake, 2, 'undo2', counted.ports);

    expect(counted.calls()).toBeGreaterThan(20);
    expect(counted.calls()).toBeLessThanOrEqual(effects.length);
  });

  it('after any of its side effects ends the same when its run is continued', async () => {
    for (const last of effects) {
      const lake = await three();
      await undo(lake, 2, 'undo2', mortal(lake, last).ports).catch(() => undefined);

      await undo(lake, 2);

      expect([last, await rowsOf(lake)]).toEqual([last, without2(lake)]);
      expect((await getTable(lake.ports.ledger, 'things')).owner).toBeUndefined();
    }
  });

  it('ends as if it were alone when others merge and undo before another run goes on', async () => {
    const d = [thing('2', 200, 0), thing('3', 300, 0), thing('5', 500, 0), thing('7', 7, 7)];
    const left = new Map([
      [3, c],
      [4, d],
    ]);
    for (const last of effects) {
      const lake = await three();
      await undo(lake, 2, 'undo2', mortal(lake, last).ports).catch(() => undefined);
      lake.clock.advance(1000);
      await lake.drop(4, d);
      await undo(lake, 1);

      await undo(lake, 2, 'another');

      expect([last, await rowsOf(lake)]).toEqual([last, model(lake.dataset, left)]);
      expect((await getFile(lake.ports.ledger, fileIdOf(2)))?.status).toBe('undone');
    }
  });
});

describe('any history of drops and undos', () => {
  const rows = fc.array(
    fc.record({
      id: fc.constantFrom('1', '2', '3', '4', '5'),
      amount: fc.integer({ min: 0, max: 2 }),
      version: fc.integer({ min: 1, max: 4 }),
      day: fc.constantFrom('2026-03-01', '2026-03-02', '2026-03-03'),
      deleted: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  );
  const history = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ drop: rows }) },
      { weight: 2, arbitrary: fc.record({ undo: fc.nat(20) }) },
    ),
    { minLength: 2, maxLength: 10 },
  );

  it.each([
    ['with a key', ['id']],
    ['without a key', []],
  ])(
    'ends in what the files that are left give, %s',
    async (_, key) => {
      await fc.assert(
        fc.asyncProperty(history, async (steps) => {
          const lake = await duckLake(key);
          const left = new Map<number, Thing[]>();
          let n = 0;
          for (const step of steps) {
            if ('drop' in step) {
              n += 1;
              const dropped = key.length > 0 ? step.drop : step.drop.map((row) => ({ ...row, deleted: false }));
              await lake.drop(n, dropped);
              left.set(n, dropped);
            } else if (left.size > 0) {
              const file = [...left.keys()][step.undo % left.size]!;
              expect(await undo(lake, file)).toBe('undone');
              left.delete(file);
            }
            const found = await lake.silver();
            expect(found.map((row) => content(lake.dataset, row)).sort()).toEqual(model(lake.dataset, left));
            const owners = new Set([...left.keys()].map(fileIdOf));
            expect(found.filter((row) => !owners.has(String(row.meta_file_id)))).toEqual([]);
          }
        }),
        { numRuns: 20 },
      );
    },
    60_000,
  );
});
