import { it } from '@jest/globals';
import { seed } from '../../engine/seed.ts';
import { checkHistories } from './check.ts';

const each = 10;

it.each([10, 20, 30, 40, 50].map((first) => [first, first + each - 1]))(
  'leaves the same silver and gold in whatever order, company and number files are run: histories %i to %i',
  (first) => checkHistories(seed, first!, each, 12),
  900_000,
);
