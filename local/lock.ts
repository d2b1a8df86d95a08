import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

export interface LockOptions {
  /** Called once if somebody else holds the lock, with the number of that process. */
  onWait?: (holder: number) => void;
  pollMilliseconds?: number;
}

/**
 * Runs `work` while no other process on this machine runs work under the same lock file. A lock whose holder is gone is
 * taken over.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const release = await acquire(file, options);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(file: string, { onWait, pollMilliseconds = 200 }: LockOptions): Promise<() => void> {
  mkdirSync(dirname(file), { recursive: true });
  const content = JSON.stringify({ ...identify(process.pid)!, nonce: crypto.randomUUID() });
  const draft = `${file}.${process.pid}.${crypto.randomUUID()}`;
  writeFileSync(draft, content);
  try {
    for (let waited = false; ; waited = true) {
      try {
        // A link appears with its content or not at all, so nobody ever reads a half-written lock.
        linkSync(draft, file);
        return () => {
          if (read(file) === content) rmSync(file, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const held = read(file);
      if (held === undefined) continue;
      const holder = parse(held);
      if (!holder || !isAlive(holder)) {
        removeStale(file, held);
        continue;
      }
      if (!waited) onWait?.(holder.pid);
      await sleep(pollMilliseconds);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the lock only if it is still the stale one: two waiters may find the same stale lock. */
function removeStale(file: string, stale: string): void {
  const aside = `${file}.${process.pid}.${crypto.randomUUID()}`;
  try {
    renameSync(file, aside);
    if (read(aside) !== stale) linkSync(aside, file);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(content: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
