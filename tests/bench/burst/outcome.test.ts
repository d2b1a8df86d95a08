import { describe, expect, it } from '@jest/globals';
import { orderFiles } from '../../../bench/burst/files.ts';
import { quantile, settled } from '../../../bench/burst/outcome.ts';
import { memoryStore } from '../../core/incident/memory-store.ts';
import { orderOf } from '../../soak/order/oracle.ts';

describe('quantile', () => {
  it('is the number below which the share lies', () => {
    const numbers = Array.from({ length: 100 }, (_, index) => 100 - index);

    expect(quantile(numbers, 0.5)).toBe(51);
    expect(quantile(numbers, 0.95)).toBe(96);
    expect(quantile([7], 0.95)).toBe(7);
  });
});

describe('settled', () => {
  const file = (id: string, status: string) => ({ pk: `file#${id}`, sk: 'file', rev: 0, file_id: id, status });

  it('returns the files in the order asked for when each has come to an end', async () => {
    const store = memoryStore();
    await store.write([file('a', 'done'), file('b', 'failed'), file('c', 'rejected')]);

    const files = await settled(store, ['c', 'a', 'b'], 1);

    expect(files.map(({ status }) => status)).toEqual(['rejected', 'done', 'failed']);
  });

  it('throws, naming one that has not come to an end, when the time is up', async () => {
    const store = memoryStore();
    await store.write([file('a', 'done'), file('b', 'staged')]);

    await expect(settled(store, ['a', 'b', 'c'], 0)).rejects.toThrow(
      '2 of 3 files are not done after 0 s: b is staged',
    );
  });
});

describe('files of orders', () => {
  it('hold sound orders, each once, of the ten days before the day', () => {
    const lines = orderFiles(30, 20, 'BURST', '2026-05-11').flatMap(({ text }) => text.trimEnd().split('\n').slice(1));

    const orders = lines.map((line) => orderOf(line.split(',')));

    expect(orders).not.toContain(undefined);
    expect(new Set(orders.map((order) => order!.order_id)).size).toBe(600);
    const days = [...new Set(orders.map((order) => new Date(order!.order_ts).toISOString().slice(0, 10)))].sort();
    expect([days.length, days[0], days.at(-1)]).toEqual([10, '2026-05-01', '2026-05-10']);
  });
});
