import { it } from '@jest/globals';
import { seed } from '../engine/seed.ts';
import { checkHistories } from '../soak/order/check.ts';

it('leaves the same silver and gold in whatever order, company and number files are run', () =>
  checkHistories(seed, 0, 5, 4));
