import { expect, it } from '@jest/globals';
import { oldest } from '../../../core/reconcile/oldest.ts';

it('keeps the oldest of many, in their order, and counts all', () => {
  const kept = oldest<string>(3, (time) => time);

  for (const time of ['5', '3', '9', '1', '7', '2', '8', '4']) kept.add(time);

  expect([kept.list(), kept.count]).toEqual([['1', '2', '3'], 8]);
});
