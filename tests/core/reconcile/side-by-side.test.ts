import { describe, expect, it } from '@jest/globals';
import { inSteps, sideBySide } from '../../../core/reconcile/side-by-side.ts';

describe('work side by side', () => {
  it('has no more than its limit under way, and ends when all is done', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];

    await sideBySide([1, 2, 3, 4, 5, 6, 7], 3, async (n) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.push(n);
    });

    expect([most, done.length]).toEqual([3, 7]);
  });

  it('fails with what the source or the work fails with', async () => {
    const source = async function* () {
      yield 1;
      throw new Error('the listing broke off');
    };

    await expect(sideBySide(source(), 2, async () => undefined)).rejects.toThrow('the listing broke off');
    await expect(sideBySide([1], 2, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('begins nothing after a failure, and fails when what was under way has ended and the source is closed', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    let closed = false;
    const source = async function* () {
      try {
        for (let n = 1; n <= 100; n++) yield n;
      } finally {
        closed = true;
      }
    };
    const work = async (n: number) => {
      begun.push(n);
      for (let turn = 0; turn < n; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (n === 2) throw new Error('SlowDown');
      ended.push(n);
    };

    await expect(sideBySide(source(), 4, work)).rejects.toThrow('SlowDown');

    const then = [...begun];
    expect(ended).toEqual(then.filter((n) => n !== 2));
    expect([then.length <= 6, closed]).toEqual([true, true]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(begun).toEqual(then);
  });

  it('is cut into steps of one size over all pages', async () => {
    const pages = async function* () {
      yield [1, 2, 3];
      yield [];
      yield [4, 5];
    };
    const steps: number[][] = [];

    for await (const step of inSteps(pages(), 2)) steps.push(step);

    expect(steps).toEqual([[1, 2], [3, 4], [5]]);
  });
});
