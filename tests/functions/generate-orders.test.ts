import { describe, expect, it } from '@jest/globals';
import './environment.ts';

const { ScheduledEvent, scheduledOrders } = await import('../../functions/generate-orders.ts');

describe('scheduled orders', () => {
  it('are the same file for the same scheduled time', () => {
    const [one, again] = [scheduledOrders('2026-03-01T10:00:00Z'), scheduledOrders('2026-03-01T11:00:00+01:00')];

    expect(again).toEqual(one);
    expect(one.key).toBe('landing/orders/generated/2026-03-01T10:00:00Z.csv');
  });

  it('are other orders an hour later', () => {
    const ids = (csv: string) =>
      csv
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[0]);
    const one = scheduledOrders('2026-03-01T10:00:00Z');
    const next = scheduledOrders('2026-03-01T11:00:00Z');

    const shared = ids(next.csv).filter((id) => id !== '' && new Set(ids(one.csv)).has(id));

    expect(next.key).not.toBe(one.key);
    expect(shared).toEqual([]);
  });

  it('are dirty in part, but not so much that the alarm would ring', () => {
    const { rows, expected } = scheduledOrders('2026-03-01T10:00:00Z');

    expect(expected.rejected).toBeGreaterThan(0);
    expect((100 * expected.rejected) / rows).toBeLessThan(3);
    expect(expected.accepted + expected.rejected + expected.duplicate + expected.superseded).toBe(rows);
  });

  it('are refused for an event without a time', () => {
    const parsed = [{}, { time: 'noon' }].map((event) => ScheduledEvent.safeParse(event).success);

    expect(parsed).toEqual([false, false]);
  });
});
