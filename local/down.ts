import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { partNames, readCloud, readLastCloud } from './cloud-state.ts';
import { withLock } from './lock.ts';
import { homeFolder } from './paths.ts';
import { isAlive, type ProcessIdentity, signalProcess } from './process-identity.ts';
import { type Progress, silentProgress } from './progress.ts';

export interface DownOptions {
  home?: string;
  progress?: Progress;
}

/** Stops the local cloud and keeps its state. Ends only processes that it started. Says whether anything was running. */
export async function down({ home = homeFolder(), progress = silentProgress }: DownOptions = {}): Promise<{
  stopped: boolean;
}> {
  return withLock(join(home, 'up.lock'), () => stopCloud(home, progress), {
    onWait: (holder) => progress.step(`Waiting for process ${holder}, which is bringing this local cloud up`),
  });
}

/** Stops supervisor and parts; the caller holds the lock of the home folder. */
export async function stopCloud(
  home: string,
  progress: Progress,
  title = 'Stopping the local cloud',
): Promise<{ stopped: boolean }> {
  const cloud = readCloud(home);
  if (!cloud) return { stopped: await stopLeftovers(home, progress) };
  progress.step(title);
  signalProcess(cloud.supervisor, 'SIGTERM');
  // Longer than the parts may take, one after another, until they are killed.
  if (!(await gone(cloud.supervisor, 90_000))) signalProcess(cloud.supervisor, 'SIGKILL');
  await gone(cloud.supervisor, 5000);
  progress.done(`state kept in ${home}`);
  await stopLeftovers(home, progress);
  return { stopped: true };
}

/** Ends parts whose supervisor was killed, told apart from later processes of the same number by their start time. */
export async function stopLeftovers(home: string, progress: Progress): Promise<boolean> {
  const last = readLastCloud(home);
  if (!last) return false;
  const left = partNames.flatMap((name) => {
    const identity = last.parts[name]?.process;
    return identity && isAlive(identity) ? [identity] : [];
  });
  if (left.length > 0) {
    progress.step('Stopping what an earlier local cloud left running');
    for (const identity of left) signalProcess(identity, 'SIGTERM');
    for (const identity of left) {
      if (!(await gone(identity, 30_000))) signalProcess(identity, 'SIGKILL', true);
      await gone(identity, 5000);
    }
    progress.done();
  }
  rmSync(join(home, 'cloud.json'), { force: true });
  return left.length > 0;
}

async function gone(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  for (let waited = 0; waited < milliseconds; waited += 100) {
    if (!isAlive(identity)) return true;
    await sleep(100);
  }
  return !isAlive(identity);
}
