import { describe, expect, it } from '@jest/globals';
import { claimFile, getFile, updateFile } from '../../../core/ledger/files.ts';
import type { BatchItem } from '../../../core/ledger/items.ts';
import { batchKey, getTable } from '../../../core/ledger/table.ts';
import { identifyFile } from '../../../core/pipeline/identify.ts';
import { runInput } from '../../../core/pipeline/keys.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import { publishBatch } from '../../../core/pipeline/publish.ts';
import { releaseLeaseOf } from '../../../core/pipeline/wake.ts';
import { fakeAthena, fileRef, land, lead, orders, type World, world } from './world.ts';

/** A run that marks its file as done and dies before it ends the batch; another has claimed the file since. */
async function half(): Promise<World> {
  const ports = world(fakeAthena());
  await land(ports, 1, 'run1');
  await mergeRows(ports, orders, fileRef(1), 'run1');
  const dying = { ...ports, publish: () => undefined, filesDone: () => Promise.reject(new Error('killed')) };
  await expect(publishBatch(dying, orders, 'run1')).rejects.toThrow('killed');
  await claimFile(ports.ledger, ports.clock, { ...fileRef(1), run: 'run2' });
  expect((await getFile(ports.ledger, 'file1'))?.status).toBe('done');
  return ports;
}

describe('a batch of which all files are done', () => {
  it('wakes a run when the one that led it is given up, and is ended by that', async () => {
    const ports = await half();

    await releaseLeaseOf(ports, [], 'orders', 'run1');
    const end = await lead(ports, 1, 'run3');

    expect(ports.started).toEqual([JSON.stringify(runInput(fileRef(1)))]);
    expect(end).toBe('ingested');
    const { owner, open_batch } = await getTable(ports.ledger, 'orders');
    expect({ owner, open_batch }).toEqual({ owner: undefined, open_batch: undefined });
  });

  it('is gone on with by a new run of one of the files, until it has ended', async () => {
    const ports = world(fakeAthena());
    const identify = (run: string) =>
      identifyFile(
        {
          ...ports,
          landing: { head: async () => fileRef(1), versionWithEtag: async () => undefined },
          bronze: { exists: async () => true, freeze: async () => undefined, writeJson: async () => undefined },
          datasets: ['orders'],
        },
        runInput(fileRef(1)),
        run,
      );
    const { file_id } = await identify('run1');
    await updateFile(ports.ledger, ports.clock, file_id!, () => ({ status: 'done', staged_seq: 1 }));
    const batch = { pk: 'table#orders', sk: batchKey(1), rev: 0, from_seq: 1, to_seq: 1, file_ids: [file_id] };

    const nexts = [];
    for (const [rev, status] of (['merged', 'done'] as const).entries()) {
      await ports.ledger.write([{ ...batch, rev, status } as unknown as BatchItem]);
      nexts.push((await identify('run2')).next);
    }

    expect(nexts).toEqual(['merge', 'already_ingested']);
  });
});
