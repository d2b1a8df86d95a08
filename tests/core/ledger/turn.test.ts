import { describe, expect, it } from '@jest/globals';
import { getTable, stageFile, lead as takeLease, writeTable } from '../../../core/ledger/table.ts';
import { takeTurn, turnSeconds } from '../../../core/ledger/turn.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import { endTurn, wakeNext, wakeStaged } from '../../../core/pipeline/wake.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';
import { fakeAthena, fileRef, land, lead, orders, world } from '../pipeline/world.ts';

const turnOf = (ports: ReturnType<typeof world>, run: string) => takeTurn(ports.ledger, ports.clock, 'orders', run);

describe('the turn of an operation', () => {
  it('is given at once when nobody leads, and merges hand over while it lasts', async () => {
    const ports = world(fakeAthena());
    await land(ports, 1, 'run1');

    const turn = await turnOf(ports, 'undo');

    expect(turn).toMatchObject({ lease: { name: 'orders', run: 'undo', token: 1 } });
    expect(await lead(ports, 1, 'run1')).toBe('handed_over');
    expect(await endTurn(ports, 'orders', 'undo')).toBe('woken 1');
    expect(JSON.parse(ports.started[0]!).detail.object.key).toBe('landing/orders/1.csv');
  });

  it('comes after the batch that is open, and before any that is not', async () => {
    const fake = fakeAthena(['running']);
    const ports = world(fake);
    await land(ports, 1, 'run1');
    await mergeRows(ports, orders, fileRef(1), 'run1');
    await land(ports, 2, 'run2');
    await stageFile(ports.ledger, ports.clock, 'file2');

    expect(await turnOf(ports, 'undo')).toEqual({ waitsFor: 'run1' });
    fake.end();
    expect(await lead(ports, 1, 'run1')).toBe('handed_over');

    expect([...fake.merged]).toEqual(['stage1']);
    expect(await turnOf(ports, 'undo')).toHaveProperty('lease');
    expect(ports.started).toEqual([]);
    expect(await endTurn(ports, 'orders', 'undo')).toBe('woken 1');
  });

  it('waits for a batch that nobody leads any more to be finished by another run', async () => {
    const fake = fakeAthena(['running']);
    const clock = handClock();
    const ports = world(fake, memoryStore(), clock);
    await land(ports, 1, 'run1');
    await mergeRows(ports, orders, fileRef(1), 'run1');
    clock.advance(301);

    expect(await turnOf(ports, 'undo')).toEqual({ waitsFor: undefined });
  });

  it('is nobody’s any more when whoever reserved it stops asking', async () => {
    const clock = handClock();
    const ports = world(fakeAthena(), memoryStore(), clock);
    await land(ports, 1, 'run1');
    await stageFile(ports.ledger, ports.clock, 'file1');
    await takeLease(ports.ledger, clock, 'orders', 'run1');
    await turnOf(ports, 'undo');

    clock.advance(turnSeconds + 1);

    expect(await lead(ports, 1, 'run1')).toBe('ingested');
  });

  it('is one at a time: a second operation waits for the first', async () => {
    const ports = world(fakeAthena());
    await takeLease(ports.ledger, ports.clock, 'orders', 'run1');
    await turnOf(ports, 'undo1');

    expect(await turnOf(ports, 'undo2')).toEqual({ waitsFor: 'undo1' });
  });

  it('keeps its token while it is renewed, and loses it to nobody in between', async () => {
    const clock = handClock();
    const ports = world(fakeAthena(), memoryStore(), clock);
    const first = await turnOf(ports, 'undo');
    clock.advance(200);
    const again = await turnOf(ports, 'undo');
    clock.advance(200);

    expect(again).toMatchObject({ lease: (first as { lease: object }).lease });
    expect(await takeLease(ports.ledger, clock, 'orders', 'run1')).toEqual({ leader: 'undo' });
  });

  it('fences: after another holder has come, the old one cannot write', async () => {
    const clock = handClock();
    const ports = world(fakeAthena(), memoryStore(), clock);
    const turn = (await turnOf(ports, 'undo')) as { lease: { name: string; run: string; token: number } };
    clock.advance(301);
    await takeLease(ports.ledger, clock, 'orders', 'run1');

    await expect(writeTable(ports.ledger, clock, turn.lease, () => ({ batch_seq: 7 }))).rejects.toMatchObject({
      name: 'LeaseLostError',
    });
    expect((await getTable(ports.ledger, 'orders')).batch_seq).toBe(0);
  });
});

describe('waking', () => {
  it('leaves files whose run has failed to people, but not to the sweep', async () => {
    const ports = world(fakeAthena());
    await land(ports, 1, 'run1');
    const file = await stageFile(ports.ledger, ports.clock, 'file1');
    await ports.ledger.write([{ ...file, rev: file.rev + 1, error: 'ServiceUnavailableError: down' } as typeof file]);

    expect(await wakeNext(ports, 'orders')).toBeUndefined();
    expect(await wakeStaged(ports, 'orders')).toBe('woken 1');
  });
});
