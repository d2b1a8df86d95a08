import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Exit codes of a program that a signal has ended, as shells report them. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Runs work with a folder of its own, which is gone afterwards: also after an error, Ctrl-C or `kill`. */
export async function inWorkFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-validate-'));
  // Something may still be written into it while it is being removed.
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  const handlers = Object.entries(SIGNALS).map(([signal, code]): [string, () => void] => [
    signal,
    () => {
      remove();
      process.exit(code);
    },
  ]);
  for (const [signal, handler] of handlers) process.once(signal, handler);
  try {
    return await work(folder);
  } finally {
    for (const [signal, handler] of handlers) process.removeListener(signal, handler);
    remove();
  }
}
