import { persistent } from './persistent.ts';
import { faultSuite } from './suite.ts';

faultSuite({ throttled: 10, lost: 5, lasting: persistent.length, waves: 20 });
