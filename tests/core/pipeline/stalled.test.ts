import { describe, expect, it } from '@jest/globals';
import { getFile, updateFile } from '../../../core/ledger/files.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import { publishBatch } from '../../../core/pipeline/publish.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';
import { fakeAthena, fileRef, land, lead, orders, world } from './world.ts';

describe('a run that stands still while it ends a batch', () => {
  it('does not bring back a file that was taken out after another run had ended that batch', async () => {
    const clock = handClock();
    const ports = world(fakeAthena(), memoryStore(), clock);
    await land(ports, 1, 'run1');
    await mergeRows(ports, orders, fileRef(1), 'run1');

    const stalled = publishBatch(
      {
        ...ports,
        publish: () => undefined,
        filesDone: async () => undefined,
        athena: {
          ...ports.athena,
          async rows(id) {
            clock.advance(400);
            await lead(ports, 1, 'run2');
            await updateFile(ports.ledger, clock, 'file1', () => ({ status: 'undone' }));
            return ports.athena.rows(id);
          },
        },
      },
      orders,
      'run1',
    );

    await expect(stalled).rejects.toThrow('went to');
    expect((await getFile(ports.ledger, 'file1'))?.status).toBe('undone');
  });
});
