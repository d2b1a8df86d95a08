import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployInputs } from '../../local/deploy.ts';
import { projectRoot } from '../../local/paths.ts';

const limit = /\bfiles: \d+,/;

/**
 * A copy of what is deployed of this project, in which a MERGE takes one file; nothing else differs. Throws when the
 * limit is not where it was.
 */
export function oneFileAMerge(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const input of [...deployInputs, 'package.json']) {
    cpSync(join(projectRoot, input), join(folder, input), { recursive: true });
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  const plan = join(folder, 'core', 'merge', 'plan.ts');
  const parts = readFileSync(plan, 'utf8').split(limit);
  if (parts.length !== 2) throw new Error(`${plan}: expected ${limit} once, found it ${parts.length - 1} times`);
  writeFileSync(plan, parts.join('files: 1,'));
  return folder;
}
