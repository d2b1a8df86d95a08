import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putUnlessSame } from '../../aws/landing.ts';
import { ledgerStore } from '../../aws/ledger.ts';
import type { Stack } from '../../aws/stack.ts';
import { connect } from '../../cli/cloud.ts';
import type { RowCounts } from '../../core/ledger/items.ts';
import type { LedgerStore } from '../../core/ledger/store.ts';
import { nodeBinary, projectRoot } from '../../local/paths.ts';
import { home, stage } from './where.ts';

export { home, isLocal, stage } from './where.ts';

export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line as a user does, in a process of its own; never throws for its exit code. */
export function tributary(...args: string[]): Promise<Output> {
  const command = [join(projectRoot, 'cli', 'main.ts'), '--stage', stage, '--home', home, ...args];
  const options = { cwd: projectRoot, maxBuffer: 64 * 2 ** 20, env: { ...process.env, NO_COLOR: '1' } };
  return new Promise((resolve) => {
    execFile(nodeBinary(), command, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

/** Its `--json` output, parsed. Throws with what it printed when there is none. */
export async function tributaryJson<T>(...args: string[]): Promise<T> {
  const output = await tributary('--json', ...args);
  try {
    return JSON.parse(output.stdout) as T;
  } catch {
    throw new Error(`tributary ${args.join(' ')} (exit ${output.code}) printed\n${output.stdout}\n${output.stderr}`);
  }
}

export interface Dropped {
  key: string;
  file_id: string;
  version_id: string | null;
  outcome: string;
  counts: RowCounts | null;
  run: string | null;
  leader: string | null;
  error: string | null;
}

/** What `tributary alerts` shows. */
export interface Alerts {
  incidents: { dataset: string; error: string; status: string; runs: number; waiting: number; run: string }[];
  messages: { at: string; subject: string; message: string }[];
  alarms: { name: string; state: string; reason: string }[];
}

/** Drops files that lie on the disk and waits for what becomes of them. */
export const drop = (dataset: string, ...files: string[]): Promise<Dropped[]> =>
  tributaryJson('drop', '--dataset', dataset, ...files);

const folder = mkdtempSync(join(tmpdir(), 'tributary-acceptance-'));

/** Writes a file of this name to a folder of the suite and returns its path. */
export function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Drops one file with this content. */
export async function dropText(dataset: string, name: string, content: string | Uint8Array): Promise<Dropped> {
  const [dropped] = await drop(dataset, fileOf(name, content));
  return dropped!;
}

/** Puts an object into the landing bucket under any key and returns its version. */
export async function land(key: string, content: string): Promise<string> {
  const { landingBucket } = await stack();
  return (await putUnlessSame(landingBucket, key, content, 'text/plain', true)).versionId;
}

export type Row = Record<string, unknown>;

/** Rows of a query; `{silver}`, `{gold}` and `{ops}` stand for the databases. Decimals and dates come as text. */
export const query = (sql: string, ...args: string[]): Promise<Row[]> => tributaryJson('query', sql, ...args);

let connected: Promise<Stack> | undefined;

/** The deployed stack; from then on this process's AWS clients talk to the suite's cloud. */
export function stack(): Promise<Stack> {
  process.env.TRIBUTARY_HOME = home;
  connected ??= connect(stage);
  return connected;
}

export const ledger = async (): Promise<LedgerStore> => ledgerStore((await stack()).ledgerTable);

/** Machines that build are slow and shared: what should take a minute gets five. */
const patience = 5;

/** Asks again until the answer is there; throws after `patience` times the seconds in which it should be. */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined | false>): Promise<T> {
  const started = Date.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    const waited = (Date.now() - started) / 1000;
    if (waited > patience * seconds) throw new Error(`${what}: not so after ${Math.round(waited)} s`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
