import { faultSuite } from '../soak/faults/suite.ts';

faultSuite({ throttled: 1, lost: 1, lasting: 1, waves: 2 });
