import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { lambda } from '../../../aws/clients.ts';
import { nodeBinary, projectRoot } from '../../../local/paths.ts';
import type { Answer, Command, Executed, Line, Reported } from './commands.ts';

type Execution = Omit<Extract<Command, { do: 'execute' }>, 'do' | 'journal'>;

export interface Attempted {
  /** Undefined: the process was killed. */
  executed?: Executed;
  lines: Line[];
}

export interface Runner {
  execute(execution: Execution): Promise<Attempted>;
  report(failed: Omit<Extract<Command, { do: 'report' }>, 'do'>): Promise<Reported>;
  /** What its functions have logged, metrics among it. */
  log(): string;
  end(): void;
}

const folder = mkdtempSync(join(tmpdir(), 'tributary-executions-'));
let files = 0;

/** The environment that the deployed functions have, and this process's way to the cloud. */
export async function functionEnvironment(stage: string): Promise<NodeJS.ProcessEnv> {
  const name = `tributary-${stage}-publish-metrics`;
  const { Environment } = await lambda().send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  const { NODE_OPTIONS: _, ...env } = { ...process.env, ...Environment?.Variables };
  return { ...env, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024' };
}

/** A process that runs executions, one after the other; ready when its functions are loaded. */
export async function startRunner(env: NodeJS.ProcessEnv): Promise<Runner> {
  const logFile = join(folder, `runner-${files++}.log`);
  const log = openSync(logFile, 'a');
  const child = fork(join(projectRoot, 'tests/soak/execution/child.ts'), {
    execPath: nodeBinary(),
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const read = () => readFileSync(logFile, 'utf8');
  const ask = asking(child, read);
  await ask(undefined);
  return {
    async execute(execution) {
      const journal = join(folder, `journal-${files++}.jsonl`);
      const answer = await ask({ do: 'execute', ...execution, journal });
      const lines = existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : [];
      return { executed: answer?.executed, lines: lines.map((line) => JSON.parse(line)) };
    },
    async report(failed) {
      const answer = await ask({ do: 'report', ...failed });
      return answer?.reported ?? {};
    },
    log: read,
    end: () => void child.kill('SIGKILL'),
  };
}

interface Got {
  executed?: Executed;
  reported?: Reported;
}

/** Sends a command and waits for its answer, or for the process's death by SIGKILL: undefined. */
function asking(child: ChildProcess, log: () => string) {
  return (command: Command | undefined): Promise<Got | undefined> =>
    new Promise((resolve, reject) => {
      const settle = () => {
        child.off('message', answered);
        child.off('exit', exited);
      };
      const answered = (answer: Answer) => {
        settle();
        if ('problem' in answer) reject(new Error(answer.problem));
        else resolve(answer as Got);
      };
      const exited = (code: number | null, signal: string | null) => {
        settle();
        if (signal === 'SIGKILL') resolve(undefined);
        else reject(new Error(`the runner ended with ${signal ?? code}:\n${log().slice(-4000)}`));
      };
      child.on('message', answered);
      child.on('exit', exited);
      if (command === undefined) return;
      child.send(command, (error) => {
        if (error === null) return;
        settle();
        reject(error);
      });
    });
}
