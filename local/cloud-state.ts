import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { homeFolder } from './paths.ts';
import type { Ports } from './ports.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';
import type { Tools } from './provision.ts';

export const partNames = ['ministack', 'trino', 'athena', 'metrics'] as const;
export type PartName = (typeof partNames)[number];

export interface PartState {
  state: 'waiting' | 'starting' | 'running' | 'stopped' | 'crashed';
  process?: ProcessIdentity;
  log: string;
  /** Why it is not running any more, with the end of its log. */
  reason?: string;
  lastLines?: string[];
}

/** What is known of a running local cloud; kept by its supervisor in `<home>/cloud.json`. */
export interface Cloud {
  home: string;
  region: string;
  accountId: string;
  stage: 'local';
  endpoints: { aws: string; athena: string; trino: string };
  supervisor: ProcessIdentity;
  parts: Record<PartName, PartState>;
  pids: Partial<Record<PartName | 'supervisor', number>>;
  startedAt: string;
  /** Hash of the local cloud's own code: a cloud started by other code is started anew. */
  code: string;
  /** How often parts that had crashed were started again. */
  repairs: number;
}

/** What the supervisor is to run; written by `up` to `<home>/plan.json`. */
export interface Plan {
  home: string;
  root: string;
  region: string;
  accountId: string;
  ports: Ports;
  tools: Tools;
  node: string;
  code: string;
}

/** The running local cloud of this home folder; undefined if none runs (also after a crash or a restart of the machine). */
export function readCloud(home: string = homeFolder()): Cloud | undefined {
  const cloud = readLastCloud(home);
  return cloud && isAlive(cloud.supervisor) ? cloud : undefined;
}

/** The last known state, whether or not its processes still run. */
export function readLastCloud(home: string): Cloud | undefined {
  return readJson<Cloud>(join(home, 'cloud.json'));
}

/** The environment with which an AWS SDK, or a program that uses one, talks to this local cloud. */
export function cloudEnvironment(cloud: Pick<Cloud, 'endpoints' | 'region'>): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: cloud.endpoints.aws,
    AWS_ENDPOINT_URL_ATHENA: cloud.endpoints.athena,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}

/** Reads a JSON file; undefined if it is missing or broken. */
export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Writes a JSON file so that a reader sees the old or the new content, never a part of it. */
export function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(draft, file);
}
