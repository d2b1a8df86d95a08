import { killSuite } from './suite.ts';

killSuite(Number(process.env.TRIBUTARY_SHARE ?? 1));
