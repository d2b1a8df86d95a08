import { describe, expect, it } from '@jest/globals';
import { FileRejectedError } from '../../../core/errors.ts';
import { claimFile, getFile, updateFile } from '../../../core/ledger/files.ts';
import { getTable, notePages } from '../../../core/ledger/table.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import { publishBatch } from '../../../core/pipeline/publish.ts';
import { validateLanded } from '../../../core/pipeline/validate.ts';
import type { RecordStore } from '../../../core/quality/ports.ts';
import { handClock } from '../incident/memory-store.ts';
import { fakeAthena, fileRef, land, lead, orders, world } from './world.ts';

describe('report pages', () => {
  it('are made anew once a batch, after its files are done and the table is free for others', async () => {
    const ports = world(fakeAthena());
    await land(ports, 1, 'run1');
    await mergeRows(ports, orders, fileRef(1), 'run1');
    const seen: unknown[] = [];
    const refreshPages = async (dataset: string, days: string[]) => {
      const { owner } = await getTable(ports.ledger, 'orders');
      seen.push([dataset, days, owner, (await getFile(ports.ledger, 'file1'))?.status]);
      return [];
    };
    const publishing = { ...ports, publish: () => undefined, filesDone: async () => undefined };

    await publishBatch({ ...publishing, records: { ...ports.records, refreshPages } }, orders, 'run1');

    expect(seen).toEqual([['orders', ['2026-03-01'], undefined, 'done']]);
  });

  it('do not hold up the files behind: those of all batches that a run leads are made anew when it gives the table back', async () => {
    const ports = world(fakeAthena());
    await land(ports, 1, 'run1');
    await updateFile(ports.ledger, ports.clock, 'file1', () => ({ last_modified: '2026-02-27T10:00:00.000Z' }));
    await mergeRows(ports, orders, fileRef(1), 'run1');
    await land(ports, 2, 'run2');
    expect(await lead(ports, 2, 'run2')).toBe('handed_over');
    const seen: unknown[] = [];
    const refreshPages = async (_: string, days: string[]) => {
      seen.push([days, (await getTable(ports.ledger, 'orders')).owner]);
      return [];
    };

    const outcome = await lead({ ...ports, records: { ...ports.records, refreshPages } }, 1, 'run1');

    expect(outcome).toBe('ingested');
    expect(seen).toEqual([[['2026-02-27', '2026-03-01'], undefined]]);
    expect((await getTable(ports.ledger, 'orders')).pages).toBeUndefined();
  });

  it('of very many days are made as far as the time goes, and in the next call the rest, while the files are done', async () => {
    const clock = handClock();
    const ports = world(fakeAthena(), undefined, clock);
    await land(ports, 1, 'run1');
    await mergeRows(ports, orders, fileRef(1), 'run1');
    const days = Array.from({ length: 5 }, (_, n) => `2026-02-0${n + 1}`);
    await notePages(ports.ledger, ports.clock, 'orders', days);
    const made: string[][] = [];
    const refreshPages: RecordStore['refreshPages'] = async (_, of, hasTime = () => true) => {
      let count = 0;
      do {
        clock.advance(50);
        count += 1;
      } while (count < of.length && hasTime());
      made.push(of.slice(0, count));
      return of.slice(count);
    };
    const publishing = { ...ports, publish: () => undefined, filesDone: async () => undefined };
    const call = () => publishBatch({ ...publishing, records: { ...ports.records, refreshPages } }, orders, 'run1');

    const first = await call();

    expect(first).toMatchObject({ outcome: 'done', pages_left: true, files: 1 });
    expect((await getFile(ports.ledger, 'file1'))?.status).toBe('done');
    expect(await getTable(ports.ledger, 'orders')).toMatchObject({
      owner: undefined,
      pages: [days[3], days[4], '2026-03-01'],
    });
    expect(await call()).toMatchObject({ outcome: 'done', pages_left: false, files: 0 });
    expect(made).toEqual([days.slice(0, 3), [...days.slice(3), '2026-03-01']]);
    expect((await getTable(ports.ledger, 'orders')).pages).toBeUndefined();
  });

  it('are left as they are by a run that has ended no batch', async () => {
    const ports = world(fakeAthena());
    await land(ports, 1, 'run1');
    await lead(ports, 1, 'run1');
    const made = ports.records.pages.length;

    await publishBatch({ ...ports, publish: () => undefined, filesDone: async () => undefined }, orders, 'run1');

    expect(made).toBe(1);
    expect(ports.records.pages).toHaveLength(1);
  });

  it('are made anew for a file that is refused, once the ledger says so', async () => {
    const ports = world(fakeAthena());
    await claimFile(ports.ledger, ports.clock, { ...fileRef(1), run: 'run1' });
    const seen: unknown[] = [];
    const refreshPages = async (dataset: string, days: string[]) => {
      seen.push([dataset, days, (await getFile(ports.ledger, 'file1'))?.status, ports.records.written.size]);
      return [];
    };
    const validating = {
      ...{ ledger: ports.ledger, clock: ports.clock, catalog: ports.catalog },
      records: { ...ports.records, refreshPages },
      validate: () => Promise.reject(new FileRejectedError('not a file of orders')),
      upload: async () => undefined,
      refused: () => undefined,
    };

    await expect(validateLanded(validating, orders, fileRef(1), 'run1')).rejects.toThrow(FileRejectedError);

    expect(seen).toEqual([['orders', ['2026-03-01'], 'rejected', 1]]);
  });
});
