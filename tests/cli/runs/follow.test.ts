import { describe, expect, it } from '@jest/globals';
import type { Execution } from '../../../aws/executions.ts';
import { type Followed, followFile, type RunSource } from '../../../cli/runs/follow.ts';
import type { BatchItem, FileItem } from '../../../core/ledger/items.ts';
import type { LedgerStore, Stored } from '../../../core/ledger/store.ts';
import { memoryStore } from '../../core/incident/memory-store.ts';
import { arnOf, ended, eventOf, execution, key } from './runs-fixture.ts';

const fileId = 'f'.repeat(32);
const counts = { in: 10, accepted: 8, rejected: 1, duplicate: 1, superseded: 0 };
const identified = { file_id: fileId, dataset: 'orders', key, version_id: 'v1' };
const followed: Followed = { fileId, key, versionId: 'v1', since: new Date('2026-03-01T10:15:00.000Z') };

const fileItem = (over: Partial<FileItem>): Partial<FileItem> => ({
  pk: `file#${fileId}`,
  sk: 'file',
  file_id: fileId,
  dataset: 'orders',
  status: 'received',
  run: arnOf('mine'),
  ...over,
});

/** One entry a look at the clock: what the world is like from then on. */
type Scene = { runs?: Execution[]; file?: Partial<FileItem>; batch?: Partial<BatchItem> };

function given(scenes: Scene[]) {
  const store = memoryStore();
  const steps: string[] = [];
  let milliseconds = followed.since.getTime();
  let runs: Execution[] = [];
  let scene = 0;
  const enter = () => {
    const { file, batch, ...rest } = scenes[Math.min(scene++, scenes.length - 1)]!;
    runs = rest.runs ?? runs;
    for (const item of [file, batch]) {
      if (item !== undefined) store.items.set(`${item.pk}\n${item.sk}`, { rev: 1, ...item } as Stored);
    }
  };
  enter();
  const source: RunSource = {
    describe: async (arn) => runs.find((run) => run.arn === arn),
    newestEvents: async (arn) => [
      { id: 2, type: 'TaskStateEntered', at: new Date(0), state: arn.endsWith('mine') ? 'ValidateFile' : 'MergeRows' },
    ],
    list: async function* () {
      yield* runs;
    },
  };
  const clock = {
    now: () => new Date(milliseconds),
    random: () => 0,
    sleep: async (pause: number) => {
      milliseconds += pause;
      enter();
    },
  };
  const ports = { ledger: store as LedgerStore, runs: source, clock };
  const follow = (file: Followed = followed, timeout = 600_000) =>
    followFile(file, ports, { timeout, interval: 1_000, onStep: (step) => steps.push(step) });
  return { follow, steps };
}

describe('following a dropped file', () => {
  it('ends when the ledger says done, with the counts', async () => {
    const { follow, steps } = given([
      {},
      { runs: [execution('mine')], file: fileItem({}) },
      { file: fileItem({ status: 'done', counts }) },
    ]);

    const result = await follow();

    expect(result).toMatchObject({ outcome: 'done', counts, run: arnOf('mine'), milliseconds: 2_000 });
    expect(steps).toEqual(['waiting for its run', 'ValidateFile']);
  });

  it('waits for the leader when its run handed the file over', async () => {
    const handedOver = ended('mine', {
      file: identified,
      merge: { outcome: 'handed_over', leader_run: arnOf('leader') },
    });
    const staged = fileItem({ status: 'staged', staged_seq: 4, counts });
    const batch = { pk: 'table#orders', sk: 'batch#000000000005', from_seq: 3, to_seq: 5 };
    const { follow, steps } = given([
      { runs: [execution('mine')], file: fileItem({}) },
      { runs: [handedOver], file: staged },
      { batch: { ...batch, status: 'submitted' } },
      { batch: { ...batch, status: 'merged' } },
      { file: fileItem({ status: 'done', counts }) },
    ]);

    const result = await follow();

    expect(result).toMatchObject({ outcome: 'done', leader: arnOf('leader'), counts });
    expect(steps).toEqual(['ValidateFile', 'staged for the leading run', 'merged, gold is being refreshed']);
  });

  it('tells that the file was refused, and why', async () => {
    const error = 'FileRejectedError: the column amount is missing';
    const failed = execution('mine', {
      status: 'FAILED',
      error: 'FileRejectedError',
      cause: '{"errorMessage":"the column amount is missing"}',
    });
    const { follow } = given([{ runs: [failed], file: fileItem({ status: 'rejected', error }) }]);

    const result = await follow();

    expect(result).toMatchObject({ outcome: 'rejected', error });
  });

  it('finds the run of a file that never came into the ledger', async () => {
    const unknown = execution('other', { status: 'FAILED', error: 'UnknownDatasetError', cause: 'no contract' });
    const { follow } = given([{ runs: [] }, { runs: [] }, { runs: [unknown] }]);

    const result = await follow();

    expect(result).toMatchObject({ outcome: 'failed', error: 'UnknownDatasetError: no contract', run: arnOf('other') });
  });

  it('is not taken in by a run for another version of the same key', async () => {
    const older = execution('older', { status: 'FAILED', error: 'UnknownDatasetError', input: eventOf('v0') });
    const { follow } = given([{ runs: [older] }]);

    const result = await follow();

    expect(result.outcome).toBe('not_picked_up');
  });

  it('says when nothing picked the file up', async () => {
    const { follow, steps } = given([{}]);

    const result = await follow();

    expect(result).toMatchObject({ outcome: 'not_picked_up', milliseconds: 61_000 });
    expect(steps).toEqual(['waiting for its run']);
  });

  it('gives up at the time limit and says how far the file is', async () => {
    const { follow } = given([{ runs: [execution('mine')], file: fileItem({}) }]);

    const result = await follow(followed, 5_000);

    expect(result).toMatchObject({ outcome: 'unfinished', error: 'still ValidateFile after the time allowed' });
  });

  it('fails with its leader when the batch failed for good', async () => {
    const handedOver = ended('mine', {
      file: identified,
      merge: { outcome: 'handed_over', leader_run: arnOf('leader') },
    });
    const { follow } = given([
      { runs: [handedOver], file: fileItem({ status: 'staged', staged_seq: 4 }) },
      { file: fileItem({ status: 'failed', error: 'QueryRejectedError: no' }) },
    ]);

    const result = await follow();

    expect(result).toMatchObject({ outcome: 'failed', error: 'QueryRejectedError: no' });
  });
});

describe('following a run that was started again', () => {
  const again: Followed = { ...followed, run: arnOf('again') };

  it('waits for the new run although the file was done before', async () => {
    const done = fileItem({ status: 'done', counts });
    const { follow, steps } = given([
      { runs: [execution('again')], file: done },
      { runs: [ended('again', { file: { ...identified, next: 'already_ingested' } })] },
    ]);

    const result = await follow(again);

    expect(result.outcome).toBe('already_ingested');
    expect(steps).toEqual(['MergeRows']);
  });

  it('does not take the failure of the old run for its own', async () => {
    const { follow } = given([
      { runs: [execution('again')], file: fileItem({ status: 'failed', error: 'old' }) },
      { file: fileItem({ status: 'done', counts, run: arnOf('again') }) },
      { runs: [ended('again', { file: identified, merge: { outcome: 'merged' } })] },
    ]);

    const result = await follow(again);

    expect(result).toMatchObject({ outcome: 'done', counts });
  });
});
