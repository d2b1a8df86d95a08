import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder: where package.json and serverless.yml are. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Where downloaded tools are kept between clones: $TRIBUTARY_CACHE, else $XDG_CACHE_HOME/tributary, else ~/.cache/tributary. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.TRIBUTARY_CACHE) return resolve(env.TRIBUTARY_CACHE);
  return join(env.XDG_CACHE_HOME ? resolve(env.XDG_CACHE_HOME) : join(homedir(), '.cache'), 'tributary');
}

/** Where one local cloud keeps its state and logs: $TRIBUTARY_HOME, else `.tributary/local` in the project. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.TRIBUTARY_HOME ? resolve(env.TRIBUTARY_HOME) : join(projectRoot, '.tributary', 'local');
}

/** The Node binary that npm installed with the project: the version of the Lambda runtime, whatever the machine has. Throws if it is not installed. */
export function nodeBinary(root: string = projectRoot): string {
  const binary = join(root, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(binary)) {
    throw new Error(`the project's own Node is missing (${binary}): run \`npm ci\` in ${root}`);
  }
  return binary;
}
