import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../local/paths.ts';

/** The deployed stage that the cases run against. */
export const stage = process.env.TRIBUTARY_STAGE ?? 'local';
export const isLocal = stage === 'local';

/** State of the suite's own local cloud; a running one in `.tributary/local` is never touched. */
export const home = join(projectRoot, '.tributary', 'test');

/** Seven days of UCI Online Retail, in the folder `online-retail` of TRIBUTARY_DATA; none where it is not at hand. */
export function retailFiles(): string[] {
  const folder = join(process.env.TRIBUTARY_DATA ?? join(projectRoot, '..', 'shared', 'data'), 'online-retail');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.csv'));
  return files.sort().map((file) => join(folder, file));
}
