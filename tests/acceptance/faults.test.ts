import { faultSuite } from '../soak/faults/suite.ts';

faultSuite({ throttled: 2, lost: 1, persistent: 1, waves: 3 });
