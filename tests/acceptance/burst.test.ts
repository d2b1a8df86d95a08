import { it } from '@jest/globals';
import { checkBurst } from '../soak/burst/check.ts';

it('takes 40 files at once in MERGEs of 8 or more', () => checkBurst(40, 8, '2027-01-11'));
