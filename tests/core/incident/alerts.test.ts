import { describe, expect, it } from '@jest/globals';
import { incidents } from '../../../core/incident/alerts.ts';
import { resolveFor } from '../../../core/incident/resolve.ts';
import { fileItem, world } from './incidents.ts';
import { handClock } from './memory-store.ts';

describe('the list of incidents', () => {
  it('shows open ones first, with how many runs failed and how many files are still to come', async () => {
    const clock = handClock();
    const { fail, ports } = world(clock);
    await fail({ name: 'a', dataset: 'products' });
    await resolveFor(ports, 'products', [fileItem({ name: 'a', dataset: 'products' })]);
    clock.advance(60);
    for (const name of ['one', 'two', 'three']) await fail({ name });
    await resolveFor(ports, 'orders', [fileItem({ name: 'two' })]);
    clock.advance(60);
    await fail({ name: 'b', dataset: 'customers' });

    const found = await incidents(ports.store, {});

    expect(found.map(({ incident, status, waiting }) => [incident.dataset, status, incident.count, waiting])).toEqual([
      ['customers', 'open', 1, 1],
      ['orders', 'open', 3, 2],
      ['products', 'resolved', 1, 0],
    ]);
  });

  it('leaves out closed ones of earlier or beyond the limit, and no open one', async () => {
    const clock = handClock('2026-03-01T10:00:00.000Z');
    const { fail, ports } = world(clock);
    await fail({ name: 'open' });
    for (const dataset of ['a', 'b', 'c']) {
      clock.advance(60);
      await fail({ name: 'x', dataset, stoppedAt: clock.now().toISOString() });
      await resolveFor(ports, dataset, [fileItem({ name: 'x', dataset })]);
    }

    const since = await incidents(ports.store, { since: new Date('2026-03-01T10:02:00.000Z') });
    const newest = await incidents(ports.store, { limit: 1 });

    expect(since.map(({ incident }) => incident.dataset)).toEqual(['orders', 'c', 'b']);
    expect(newest.map(({ incident }) => incident.dataset)).toEqual(['orders', 'c']);
  });
});
