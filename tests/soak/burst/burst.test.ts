import { it } from '@jest/globals';
import { checkBurst } from './check.ts';

it('takes 200 files at once in MERGEs of 20 or more', () => checkBurst(200, 20, '2027-02-11'), 900_000);
