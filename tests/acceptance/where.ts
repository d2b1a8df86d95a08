import { join } from 'node:path';
import { projectRoot } from '../../local/paths.ts';

/** The deployed stage that the cases run against. */
export const stage = process.env.TRIBUTARY_STAGE ?? 'local';
export const isLocal = stage === 'local';

/** State of the suite's own local cloud; a running one in `.tributary/local` is never touched. */
export const home = join(projectRoot, '.tributary', 'test');
