import { persistent } from './persistent.ts';
import { faultSuite } from './suite.ts';

faultSuite({ throttled: 20, lost: 5, persistent: persistent.length, waves: 15 });
