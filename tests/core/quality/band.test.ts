import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Random, randomFrom } from '../../../core/generate/random.ts';
import { anomaliesOf, BAND, describeAnomaly, type Learned, learn, median } from '../../../core/quality/band.ts';
import { seeded } from '../../engine/seed.ts';

seeded('bands');

const file = (n: number, over: Partial<Learned> = {}): Learned => ({
  ...{ file_id: `f${n}`, size: 10_000, rows: 100, rejected_percent: 0 },
  ...over,
});
const same = (count: number, over: Partial<Learned> = {}) => Array.from({ length: count }, (_, n) => file(n, over));
const measures = (before: Learned[], over: Partial<Learned>) =>
  anomaliesOf(before, file(999, over)).map(({ measure }) => measure);

/** Flags while a series comes in, each file against those before it. */
function flags(series: Partial<Learned>[]): number[] {
  let before: Learned[] = [];
  return series.flatMap((over, n) => {
    const next = file(n, over);
    const flagged = anomaliesOf(before, next).length > 0;
    before = learn(before, next);
    return flagged ? [n] : [];
  });
}

/** Normally distributed, by the sum of twelve uniform numbers. */
const normal = (random: Random) => Array.from({ length: 12 }, () => random.next()).reduce((a, b) => a + b) - 6;

describe('the band of a dataset', () => {
  it('says nothing before it knows enough files', () => {
    expect(measures(same(BAND.atLeast - 1), { size: 1, rows: 1, rejected_percent: 100 })).toEqual([]);
    expect(measures(same(BAND.atLeast), { size: 1, rows: 1, rejected_percent: 100 })).toEqual([
      'size',
      'rows',
      'rejected_percent',
    ]);
  });

  it('takes half and twice of a constant series for usual, and not much more', () => {
    const before = same(20);

    expect(measures(before, { size: 5_000, rows: 200 })).toEqual([]);
    expect(measures(before, { size: 4_990 })).toEqual(['size']);
    expect(measures(before, { rows: 205 })).toEqual(['rows']);
  });

  it('takes an empty file among others, and any other among empty ones, for unusual', () => {
    expect(measures(same(20), { rows: 0 })).toEqual(['rows']);
    expect(measures(same(20, { rows: 0 }), { rows: 0 })).toEqual([]);
    expect(measures(same(20, { rows: 0 }), { rows: 5 })).toEqual(['rows']);
  });

  it('flags a share of rejected rows only above the usual, and by a percentage point at least', () => {
    const before = Array.from({ length: 20 }, (_, n) => file(n, { rejected_percent: 2 + (n % 2) / 10 }));

    expect(measures(before, { rejected_percent: 0 })).toEqual([]);
    expect(measures(before, { rejected_percent: 3 })).toEqual([]);
    expect(measures(before, { rejected_percent: 3.2 })).toEqual(['rejected_percent']);
    expect(anomaliesOf(before, file(99, { rejected_percent: 3.2 }))[0]).toMatchObject({ low: null, files: 20 });
  });

  it('is not widened by a few bad files among many good ones', () => {
    const before = [...same(40), ...Array.from({ length: 9 }, (_, n) => file(100 + n, { size: 1e9, rows: 1e6 }))];

    expect(measures(before, { size: 1e9, rows: 1e6 })).toEqual(['size', 'rows']);
    expect(measures(before, {})).toEqual([]);
  });

  it('follows a series that grows, also by many times over the year', () => {
    const growing = Array.from({ length: 300 }, (_, n) => ({ size: Math.round(1000 * 1.02 ** n), rows: 10 + n }));

    expect(flags(growing)).toEqual([]);
    expect(flags([...growing, { size: 1000, rows: 10 }])).toEqual([300]);
  });

  it('learns a new level once it has been the usual one for half of what is remembered', () => {
    const stepped = Array.from({ length: 100 }, (_, n) => ({ size: n < 50 ? 1000 : 100_000 }));

    const found = flags(stepped);

    expect(found[0]).toBe(50);
    expect(found.at(-1)).toBeLessThan(50 + BAND.files / 2 + 1);
  });

  it.each([0.1, 0.5, 1, 2])('cries wolf of few files of a series that spreads by e^%s', (sigma) => {
    const random = randomFrom(`wolf ${sigma}`);

    const found = flags(
      Array.from({ length: 3000 }, () => ({ size: Math.round(50_000 * Math.exp(sigma * normal(random))) })),
    );

    expect(found.length).toBeLessThan(15);
  });

  it('flags little more of heavy tails', () => {
    const random = randomFrom('pareto');

    const found = flags(Array.from({ length: 3000 }, () => ({ size: Math.round(1000 / (1 - random.next())) })));

    expect(found.length).toBeLessThan(3000 * 0.03);
  });

  it('compares a file with the others, not with itself, and counts it once however often it comes', () => {
    const anySize = fc.integer({ min: 0, max: 1_000_000_000 });
    const anyFile = fc.record({
      file_id: fc.integer({ min: 0, max: 30 }).map((n) => `f${n}`),
      size: anySize,
      rows: anySize,
      rejected_percent: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(anyFile, { maxLength: 80 }), anyFile, (files, one) => {
        const before = files.reduce(learn, []);
        const after = learn(before, one);

        expect(after.length).toBeLessThanOrEqual(BAND.files);
        expect(new Set(after.map(({ file_id }) => file_id)).size).toBe(after.length);
        expect(after.at(-1)).toEqual(one);
        expect(learn(after, one)).toEqual(after);
        if (before.length < BAND.files) expect(anomaliesOf(after, one)).toEqual(anomaliesOf(before, one));
        for (const { value, low, high } of anomaliesOf(before, one)) {
          expect(value > high || value < (low ?? 0)).toBe(true);
        }
      }),
    );
  });
});

describe('an anomaly in words', () => {
  it('names the figure, the band and what it was learned from', () => {
    const [size] = anomaliesOf(same(20), file(99, { size: 1_234_567 }));
    const [share] = anomaliesOf(same(20), file(99, { rejected_percent: 12.3456 }));

    expect(describeAnomaly(size!)).toBe(
      '1,234,567 bytes; from the 20 files before it one expects 4,999 to 20,002, their median is 10,000',
    );
    expect(describeAnomaly(share!)).toBe(
      '12.35 % of the rows rejected; from the 20 files before it one expects at most 1, their median is 0',
    );
  });
});

describe('the median', () => {
  it('is the middle one, or between the two in the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
  });
});
