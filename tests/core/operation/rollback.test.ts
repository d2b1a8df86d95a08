import { describe, expect, it } from '@jest/globals';
import { getFile, updateFile } from '../../../core/ledger/files.ts';
import { getTable } from '../../../core/ledger/table.ts';
import { currentOperation } from '../../../core/operation/current.ts';
import { rollbackId } from '../../../core/operation/rollback-item.ts';
import { planRollback } from '../../../core/operation/rollback-plan.ts';
import { identifyFile } from '../../../core/pipeline/identify.ts';
import { runInput } from '../../../core/pipeline/keys.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import { fileIdOf, fileRef, model } from './duck-lake.ts';
import {
  again,
  mergeAgain,
  rollback,
  type SnapshotLake,
  snapshotLake,
  stageAgain,
  statusOf,
  thing,
  undo,
} from './snapshot-lake.ts';

const a = [thing('1', 1, 1), thing('2', 2, 1), thing('3', 3, 1), thing('4', 4, 1)];
const b = [thing('2', 20, 2), thing('3', 3, 2, '2026-03-09'), thing('4', 40, 2), thing('5', 50, 2)];
const c = [thing('4', 400, 3), thing('6', 6, 3), { ...thing('1', 1, 3), deleted: true }];

/** Three files, and the snapshot after each. */
async function three(): Promise<{ lake: SnapshotLake; after: string[] }> {
  const lake = await snapshotLake();
  const after = [lake.last()];
  for (const [n, rows] of [a, b, c].entries()) {
    await lake.drop(n + 1, rows);
    after.push(lake.last());
  }
  return { lake, after };
}

const plan = (lake: SnapshotLake, to: string, dry_run = true, run = 'run:plan') =>
  planRollback(lake.ports, { things: lake.dataset }, { dataset: 'things', to, dry_run }, run);

describe('rollbackTable', () => {
  it('makes the table what the snapshot is, with gold after it, and marks the files that have come since', async () => {
    const { lake, after } = await three();

    expect(await rollback(lake, after[1]!)).toBe('rolled_back');

    expect(await lake.content()).toEqual(await lake.content(after[1]));
    expect(await lake.goldDifferences()).toEqual([]);
    const id = rollbackId('run:rollback');
    const out = { status: 'undone', undone_by: 'run:rollback', rolled_back: id };
    expect(await getFile(lake.ports.ledger, fileIdOf(2))).toMatchObject(out);
    expect(await getFile(lake.ports.ledger, fileIdOf(3))).toMatchObject(out);
    expect(await statusOf(lake, 1)).toBe('done');
    const table = await getTable(lake.ports.ledger, 'things');
    expect(table).toMatchObject({
      batch_seq: 4,
      removed_seq: 4,
      committed: { batch_seq: 4, snapshot_id: lake.last() },
    });
    expect(table.owner).toBeUndefined();
    expect(await currentOperation(lake.ports.ledger, 'things')).toBeUndefined();
  });

  it('goes back to the empty table', async () => {
    const { lake, after } = await three();

    await rollback(lake, after[0]!);

    expect(await lake.content()).toEqual([]);
    expect(await lake.goldDifferences()).toEqual([]);
  });

  it('leaves rows alone that are as they were', async () => {
    const { lake, after } = await three();

    await rollback(lake, after[2]!);

    // Of the four rows of the third file one had come, and two had been replaced.
    expect(await lake.sql('select id, meta_batch_seq from si.things order by id')).toEqual([
      ['1', '4'],
      ['2', '2'],
      ['3', '2'],
      ['4', '4'],
      ['5', '2'],
    ]);
  });

  it('brings files that were undone since back with their rows', async () => {
    const { lake, after } = await three();
    await undo(lake, 2);
    await undo(lake, 1);

    await rollback(lake, after[2]!);

    expect(await lake.content()).toEqual(await lake.content(after[2]));
    expect([await statusOf(lake, 1), await statusOf(lake, 2), await statusOf(lake, 3)]).toEqual([
      'done',
      'done',
      'undone',
    ]);
    const { undone_at, undone_by, rolled_back } = (await getFile(lake.ports.ledger, fileIdOf(2)))!;
    expect([undone_at, undone_by, rolled_back]).toEqual([undefined, undefined, undefined]);
    expect(await lake.goldDifferences()).toEqual([]);
  });

  it('leaves files undone that were so before, also such as had nothing in silver any more', async () => {
    const lake = await snapshotLake();
    await lake.drop(1, [thing('1', 1, 1)]);
    await lake.drop(2, [thing('1', 2, 2)]);
    const before = lake.last();
    await undo(lake, 1);
    await lake.drop(3, c);

    await rollback(lake, before);

    expect([await statusOf(lake, 1), await statusOf(lake, 2), await statusOf(lake, 3)]).toEqual([
      'undone',
      'done',
      'undone',
    ]);
    expect(await lake.content()).toEqual(await lake.content(before));
  });

  it('can be rolled back itself, with every file as it was', async () => {
    const { lake, after } = await three();
    await undo(lake, 1);
    const before = lake.last();
    const statuses = async () => [await statusOf(lake, 1), await statusOf(lake, 2), await statusOf(lake, 3)];
    const then = await statuses();
    await rollback(lake, after[1]!, 'run:there');
    expect(await statuses()).toEqual(['done', 'undone', 'undone']);

    await rollback(lake, before, 'run:back');

    expect(await statuses()).toEqual(then);
    expect(await lake.content()).toEqual(await lake.content(before));
    expect(await lake.goldDifferences()).toEqual([]);
  });

  it('takes back what another program has written, without a file being out', async () => {
    const { lake } = await three();
    const good = lake.last();
    await lake.ports.athena.get(await lake.ports.athena.start("delete from si.things where id <> '1'", 'foreign'));
    expect(lake.last()).not.toBe(good);

    expect((await plan(lake, good)).changes).toMatchObject({ back_rows: 5, files_out: 0, files_back: 0 });
    expect(await rollback(lake, good)).toBe('rolled_back');

    expect(await lake.content()).toEqual(await lake.content(good));
    expect(await statusOf(lake, 3)).toBe('done');
  });

  it('empties columns that the snapshot does not have', async () => {
    const { lake, after } = await three();
    await lake.sql('alter table si.things add column note varchar');
    await lake.ports.athena.get(await lake.ports.athena.start("update si.things set note = 'x'", 'foreign'));

    await rollback(lake, after[1]!);

    expect(await lake.sql('select count(*), count(note) from si.things')).toEqual([['4', '0']]);
  });

  it('takes files out that had changed no row, too, and shows rejected rows no more than the others', async () => {
    const { lake, after } = await three();
    await lake.drop(4, [thing('4', 0, 0)]);
    expect(lake.last()).toBe(after[3]);
    await lake.drop(5, [thing('7', 7, 7)]);
    await updateFile(lake.ports.ledger, lake.clock, fileIdOf(5), ({ counts }) => ({
      counts: { ...counts!, rejected: 1 },
    }));

    await rollback(lake, after[2]!);

    // The fourth ended in the snapshot of the third, which goes.
    expect([await statusOf(lake, 3), await statusOf(lake, 4), await statusOf(lake, 5)]).toEqual([
      'undone',
      'undone',
      'undone',
    ]);
    expect(lake.unregistered).toEqual([`things ${fileIdOf(5)}`]);
  });

  it('merges in several statements what comes back to more partitions than one may write to', async () => {
    const lake = await snapshotLake();
    const day = (n: number) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10);
    const wide = Array.from({ length: 170 }, (_, n) => thing(`${n}`, n, 1, day(n)));
    await lake.drop(1, wide);
    const before = lake.last();
    await lake.drop(2, [...wide.map((row) => ({ ...row, amount: -1, version: 2 })), thing('new', 1, 1)]);
    lake.sent.length = 0;

    await rollback(lake, before);

    expect(lake.sent.filter((sql) => sql.startsWith('merge into si.'))).toHaveLength(3);
    expect(await lake.content()).toEqual(await lake.content(before));
  });

  it('waits for its turn behind the run that merges, and takes out what that has brought', async () => {
    const { lake, after } = await three();
    lake.control.hold = true;
    await lake.stage(4, [thing('7', 7, 7)]);
    await lake.lead(4);
    const waiting = await rollback(lake, after[2]!).catch((error: Error) => error.name);
    lake.control.hold = false;
    await lake.lead(4);

    expect(waiting).toBe('waiting');
    expect(await rollback(lake, after[2]!)).toBe('rolled_back');
    expect(await statusOf(lake, 4)).toBe('undone');
    expect(await lake.content()).toEqual(await lake.content(after[2]));
  });

  it('says so when rows differ afterwards, records nothing, and puts it right when continued', async () => {
    const { lake, after } = await three();
    const { athena } = lake.ports;
    let meddle = true;
    const get = async (id: string) => {
      const merges = lake.sent.at(-1)!.startsWith('merge into si.');
      const status = await athena.get(id);
      if (meddle && merges) {
        meddle = false;
        await lake.sql("delete from si.things where id = '2'");
      }
      return status;
    };
    const meddling = { ...lake.ports, athena: { ...athena, get } };

    await expect(rollback(lake, after[1]!, 'run:rollback', meddling)).rejects.toMatchObject({
      name: 'RowConservationError',
    });
    expect([await statusOf(lake, 2), await statusOf(lake, 3)]).toEqual(['done', 'done']);

    expect(await rollback(lake, after[1]!)).toBe('rolled_back');
    expect(await lake.content()).toEqual(await lake.content(after[1]));
    expect(await statusOf(lake, 2)).toBe('undone');
  });
});

describe('a rollback that is refused', () => {
  it.each([
    ['a snapshot that nobody knows', '1234567890123456789', 'has no snapshot 1234567890123456789'],
    ['a time before the table', '2020-01-01', 'has no snapshot of 2020-01-01 or before'],
    ['a time to come', '2099-01-01T00:00:00Z', 'is still to come'],
  ])('is one to %s', async (_, to, message) => {
    const { lake } = await three();

    await expect(plan(lake, to)).rejects.toMatchObject({
      name: 'OperationRefusedError',
      message: expect.stringContaining(message),
    });
  });

  it('is one to a snapshot that has expired', async () => {
    const { lake, after } = await three();
    await lake.expire(1);

    await expect(plan(lake, after[2]!)).rejects.toMatchObject({
      name: 'OperationRefusedError',
      message: expect.stringContaining('expired'),
    });
  });

  it('is one to a state with a file that has been taken out since and waits to be merged again', async () => {
    const { lake, after } = await three();
    await undo(lake, 2);
    await stageAgain(lake, 2);
    const before = await lake.content();

    const refused = { name: 'OperationRefusedError', message: expect.stringContaining(`${fileIdOf(2)} (landing/`) };
    await expect(plan(lake, after[2]!)).rejects.toMatchObject(refused);
    await expect(rollback(lake, after[2]!)).rejects.toMatchObject(refused);
    expect(await lake.content()).toEqual(before);
    lake.clock.advance(1000);
    expect(await mergeAgain(lake, 2)).toBe('done');

    expect(await rollback(lake, after[2]!, 'run:then')).toBe('rolled_back');
    expect([await statusOf(lake, 2), await statusOf(lake, 3)]).toEqual(['done', 'undone']);
    expect(await lake.content()).toEqual(await lake.content(after[2]));
  });

  it('is one while another operation of the dataset goes on', async () => {
    const { lake, after } = await three();
    await lake.ports.ledger.write([
      { pk: 'operation#dataset#things', sk: 'current', rev: 0, id: 'undo-x', kind: 'undo', run: 'undo9' } as never,
    ]);
    const ports = { ...lake.ports, isRunning: async () => true };

    await expect(rollback(lake, after[1]!, 'run:rollback', ports)).rejects.toMatchObject({
      name: 'OperationRefusedError',
      message: expect.stringContaining('a undo of things is under way'),
    });
  });

  it('holds up no other operation when its first statement is refused', async () => {
    const { lake, after } = await three();
    const { athena } = lake.ports;
    const get: typeof athena.get = async (id) =>
      lake.sent.at(-1)!.startsWith('merge into si.')
        ? { state: 'failed', reason: 'NOT_SUPPORTED: no', retryable: false, bytesScanned: 0 }
        : athena.get(id);

    const ending = rollback(lake, after[1]!, 'run:rollback', { ...lake.ports, athena: { ...athena, get } });

    await expect(ending).rejects.toMatchObject({ name: 'QueryRejectedError' });
    lake.clock.advance(1000);
    expect(await undo(lake, 2)).toBe('undone');
  });

  it('leaves the states after it ones to go back to when its first statement is refused', async () => {
    const { lake, after } = await three();
    const before = await getTable(lake.ports.ledger, 'things');
    const { athena } = lake.ports;
    const get: typeof athena.get = async (id) =>
      lake.sent.at(-1)!.startsWith('merge into si.')
        ? { state: 'failed', reason: 'NOT_SUPPORTED: no', retryable: false, bytesScanned: 0 }
        : athena.get(id);
    const refusing = { ...lake.ports, athena: { ...athena, get } };
    await rollback(lake, after[1]!, 'run:rollback', refusing).catch(() => undefined);
    lake.clock.advance(1000);
    await undo(lake, 2, 'undo2', refusing).catch(() => undefined);
    expect((await getTable(lake.ports.ledger, 'things')).removed_seq).toBe(before.removed_seq);
    lake.clock.advance(1000);
    await lake.drop(4, [thing('7', 7, 7)]);
    const good = lake.last();
    await lake.drop(5, [thing('8', 8, 8)]);

    expect(await rollback(lake, good, 'run:then')).toBe('rolled_back');

    expect(await lake.content()).toEqual(await lake.content(good));
    expect([await statusOf(lake, 2), await statusOf(lake, 4), await statusOf(lake, 5)]).toEqual([
      'done',
      'done',
      'undone',
    ]);
    expect(await lake.goldDifferences()).toEqual([]);
  });
});

describe('planRollback', () => {
  it('tells in a dry run what would change, and changes nothing', async () => {
    const { lake, after } = await three();
    const table = await getTable(lake.ports.ledger, 'things');
    const before = await lake.content();

    const planned = await plan(lake, after[1]!);

    expect(planned).toMatchObject({
      next: 'dry_run',
      snapshot_id: after[1],
      changes: {
        ...{ gone_rows: 2, back_rows: 0, changed_rows: 4, files_out: 2, files_back: 0 },
        out: [2, 3].map((n) => ({ file_id: fileIdOf(n), key: `landing/things/${n}.csv` })),
        marts: ['things_by_day'],
      },
    });
    expect(await lake.content()).toEqual(before);
    expect(await getTable(lake.ports.ledger, 'things')).toEqual(table);
  });

  it('counts files in a dry run that are merged and not done yet', async () => {
    const { lake, after } = await three();
    await lake.stage(4, [thing('7', 7, 7)]);
    for (let calls = 0; calls < 20; calls++) {
      if ((await mergeRows(lake.ports, lake.dataset, fileRef(4), 'run4')).outcome === 'merged') break;
    }
    await lake.stage(5, [thing('8', 8, 8)]);

    const { changes } = await plan(lake, after[3]!);

    expect(await statusOf(lake, 4)).toBe('staged');
    expect(changes).toMatchObject({ gone_rows: 1, files_out: 1, out: [{ file_id: fileIdOf(4) }] });
  });

  it('ends at once when the table is what it shall be, also when only files were rewritten since', async () => {
    const { lake, after } = await three();
    const first = await rollback(lake, after[3]!);
    await lake.rewrite();

    expect([first, await rollback(lake, after[3]!)]).toEqual(['nothing', 'nothing']);
    expect(await currentOperation(lake.ports.ledger, 'things')).toBeUndefined();
  });

  it('takes the last snapshot at or before a time', async () => {
    const { lake, after } = await three();
    const [, first, second] = lake.snapshots;

    expect((await plan(lake, first!.at)).snapshot_id).toBe(after[1]);
    expect((await plan(lake, new Date(Date.parse(second!.at) - 1).toISOString(), true, 'run:2')).snapshot_id).toBe(
      after[1],
    );
    expect((await plan(lake, second!.at, true, 'run:3')).snapshot_id).toBe(after[2]);
  });
});

describe('files that a rollback has taken out', () => {
  it('stay out when their event comes again, and are merged again when they are asked for, in any order', async () => {
    const { lake, after } = await three();
    const before = await lake.content();
    await rollback(lake, after[1]!);

    const late = await identifyFile(lake.identify, runInput(fileRef(3)), 'late');
    const outcomes = [await again(lake, 3), await again(lake, 2)];

    expect(late.next).toBe('undone');
    expect(outcomes).toEqual(['done', 'done']);
    expect(await lake.content()).toEqual(before);
    expect(before).toEqual(
      model(
        lake.dataset,
        new Map([
          [1, a],
          [2, b],
          [3, c],
        ]),
      ),
    );
    expect(await lake.goldDifferences()).toEqual([]);
  });

  it('come back once for one order, whatever happens to them afterwards', async () => {
    const { lake, after } = await three();
    await rollback(lake, after[2]!);
    const { undone_at } = (await getFile(lake.ports.ledger, fileIdOf(3)))!;
    await again(lake, 3);
    await undo(lake, 3);

    const { next } = await identifyFile(lake.identify, { ...runInput(fileRef(3)), again: undone_at! }, 'again3');

    expect(next).toBe('undone');
    expect(await statusOf(lake, 3)).toBe('undone');
    expect(await again(lake, 3, 'once more')).toBe('done');
  });

  it('stay what they are while they wait, and go with a later rollback when they have been merged', async () => {
    const { lake, after } = await three();
    await undo(lake, 2);
    const without = lake.last();
    await stageAgain(lake, 2);

    const outcomes = [await rollback(lake, after[1]!, 'run:one'), await statusOf(lake, 2)];
    outcomes.push(await mergeAgain(lake, 2), await rollback(lake, without, 'run:two'), await statusOf(lake, 2));

    expect(outcomes).toEqual(['rolled_back', 'staged', 'done', 'rolled_back', 'undone']);
    const rest = new Map([
      [1, a],
      [3, c],
    ] as const);
    expect(await lake.content()).toEqual(model(lake.dataset, new Map(rest)));
    expect(await lake.goldDifferences()).toEqual([]);
  });

  it('are validated anew when a replay has built the table since they were merged', async () => {
    const { lake, after } = await three();
    await rollback(lake, after[2]!);
    const table = await getTable(lake.ports.ledger, 'things');
    await lake.ports.ledger.write([{ ...table, rebuilt_seq: 9 } as never]);

    expect(await again(lake, 3)).toBe('validate');
    expect((await getFile(lake.ports.ledger, fileIdOf(3)))?.validated).toBeUndefined();
  });

  it('show their rejected rows again', async () => {
    const { lake, after } = await three();
    await updateFile(lake.ports.ledger, lake.clock, fileIdOf(3), ({ counts }) => ({
      counts: { ...counts!, rejected: 1 },
    }));
    await rollback(lake, after[2]!);
    const shown: unknown[] = [];
    lake.identify.catalog = { registerQuarantine: async (...given) => void shown.push(given) };

    await again(lake, 3);

    expect(shown).toEqual([['things', fileIdOf(3), `${fileIdOf(3)}-1`]]);
  });
});
