import { killSuite } from '../soak/kill/suite.ts';

killSuite(0.06);
