import { describe, expect, it } from '@jest/globals';
import { type DriftPorts, tellAllDrift, tellDrift } from '../../../../core/discovery/drift/tell.ts';
import type { Notice } from '../../../../core/pipeline/quarantine.ts';
import type { FileRecord } from '../../../../core/quality/record.ts';
import { memoryStore } from '../../incident/memory-store.ts';
import { lakeOf, NOW, recordOf, ruleOf, shop } from './records.ts';

function world(records: FileRecord[]) {
  const notices: Notice[] = [];
  const ports: DriftPorts = {
    ledger: memoryStore(),
    clock: { now: () => NOW, sleep: async () => undefined, random: () => 0.5 },
    records: lakeOf(records),
    notify: async (notice) => void notices.push(notice),
  };
  return { ports, notices, at: (other: FileRecord[]): DriftPorts => ({ ...ports, records: lakeOf(other) }) };
}

const coupon = () => recordOf(10, { unknown_columns: ['coupon'] });
const plans = (...values: string[]) =>
  recordOf(11, { rules: [ruleOf('plan.enum', 9, Object.fromEntries(values.map((value) => [value, 9])))] });

describe('the owner of a dataset', () => {
  it('is told in one notice of all that is found, and not again', async () => {
    const { ports, notices } = world([coupon(), plans('family')]);

    const told = [await tellDrift(ports, shop()), await tellDrift(ports, shop())];

    expect(told.map(({ told }) => told)).toEqual([2, 0]);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ dataset: 'shop', owner: 'shop@example.com' });
    expect(notices[0]!.subject).toBe('shop: files drift from their contract (2 new findings)');
    expect(notices[0]!.message).toMatch(/the field coupon.*\n.*"family"[\s\S]*npx tributary drift shop --days 7$/);
  });

  it('is told of what is new alone, with what is still so behind it', async () => {
    const { ports, notices, at } = world([coupon(), plans('family')]);
    await tellDrift(ports, shop());

    await tellDrift(at([coupon(), plans('family', 'team')]), shop());

    expect(notices).toHaveLength(2);
    const [news, still] = notices[1]!.message.split('Told before');
    expect(news).toContain('"team"');
    expect(news).not.toContain('coupon');
    expect(still).toContain('coupon');
  });

  it('is told nothing when a drift is over, and told again when it is back', async () => {
    const { ports, notices, at } = world([coupon()]);
    await tellDrift(ports, shop());

    await tellDrift(at([recordOf(12)]), shop());
    const over = notices.length;
    await tellDrift(at([coupon()]), shop());

    expect([over, notices.length]).toEqual([1, 2]);
  });

  it('is not told again of the same drift behind days without a file', async () => {
    const { ports, notices, at } = world([coupon()]);
    await tellDrift(ports, shop());

    await tellDrift(at([]), shop());
    await tellDrift(at([coupon()]), shop());

    expect(notices).toHaveLength(1);
  });

  it('is told again by the next look when a notice could not be sent', async () => {
    const { ports, notices } = world([coupon()]);
    const failing: DriftPorts = { ...ports, notify: () => Promise.reject(new Error('the topic is away')) };

    await expect(tellDrift(failing, shop())).rejects.toThrow('the topic is away');
    await tellDrift(ports, shop());

    expect(notices).toHaveLength(1);
  });
});

describe('a look at all datasets', () => {
  it('goes on when one fails, and says which did', async () => {
    const { ports, notices } = world([coupon()]);
    const { list } = ports.records;
    ports.records.list = (dataset, day) =>
      dataset === 'broken' ? Promise.reject(new Error('no access')) : list(dataset, day);

    const looking = tellAllDrift(ports, [shop({ name: 'broken' }), shop()]);

    await expect(looking).rejects.toThrow('drift could not be looked for: broken: no access');
    expect(notices.map(({ dataset }) => dataset)).toEqual(['shop']);
  });
});
