import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DownOptions, stopCloud } from './down.ts';
import { withLock } from './lock.ts';
import { homeFolder } from './paths.ts';
import { silentProgress } from './progress.ts';

/** What a local cloud puts into its home folder; nothing else in there is touched. */
const own = [
  'athena',
  'cloud.json',
  'deployed.json',
  'logs',
  'metrics',
  'ministack',
  'ministack-port.json',
  'plan.json',
  's3',
  'tmp',
  'trino',
];

/** Stops the local cloud and deletes all its state: buckets, tables, ledger, logs. Asks nothing. Downloaded tools stay. */
export async function reset({ home = homeFolder(), progress = silentProgress }: DownOptions = {}): Promise<{
  deleted: boolean;
}> {
  if (!existsSync(home)) return { deleted: false };
  return withLock(join(home, 'up.lock'), async () => {
    await stopCloud(home, progress);
    const present = new Set(readdirSync(home));
    const found = own.filter((name) => present.has(name));
    if (found.length === 0) return { deleted: false };
    progress.step('Deleting the state of the local cloud');
    for (const name of found) rmSync(join(home, name), { recursive: true, force: true });
    progress.done(home);
    return { deleted: true };
  });
}
