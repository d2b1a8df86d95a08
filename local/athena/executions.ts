import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnInfo } from './format.ts';

export type State = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export interface AthenaError {
  ErrorCategory: 1 | 2 | 3;
  ErrorType: number;
  Retryable: boolean;
  ErrorMessage: string;
}

/** One query execution, as it is kept. */
export interface Execution {
  id: string;
  query: string;
  parameters?: string[];
  statementType: 'DML' | 'DDL' | 'UTILITY';
  substatementType: string;
  database?: string;
  catalog?: string;
  workGroup: string;
  /** Where the result file goes; `s3://bucket/key`. */
  outputLocation: string;
  bytesCutoff?: number;
  state: State;
  reason?: string;
  error?: AthenaError;
  /** Seconds since the epoch. */
  submitted: number;
  started?: number;
  completed?: number;
  bytesScanned: number;
  planningMillis: number;
  token?: string;
  /** Of the request that made it; the same token with another one is refused. */
  fingerprint: string;
  /** Trino's query that runs now. */
  trinoId?: string;
  columns?: ColumnInfo[];
  header?: boolean;
  rows?: number;
  updateCount?: number;
}

export function isFinished(state: State): boolean {
  return state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED';
}

/** Athena keeps the history of a query for 45 days. */
const HISTORY_SECONDS = 45 * 24 * 3600;

/** Query executions by id, kept in an append-only file of JSON lines (the last line of an id counts). */
export class ExecutionStore {
  private readonly file: string;
  private readonly folder: string;
  private readonly byId = new Map<string, Execution>();
  private readonly byToken = new Map<string, string>();
  private readonly properties = new Map<string, Record<string, string>>();
  private readonly propertiesFile: string;

  constructor(folder: string, now = Date.now() / 1000) {
    this.folder = folder;
    mkdirSync(join(folder, 'results'), { recursive: true });
    this.file = join(folder, 'executions.jsonl');
    this.propertiesFile = join(folder, 'table-properties.json');
    this.load(now);
  }

  private load(now: number): void {
    if (existsSync(this.propertiesFile)) {
      for (const [table, properties] of Object.entries(JSON.parse(readFileSync(this.propertiesFile, 'utf8')))) {
        this.properties.set(table, properties as Record<string, string>);
      }
    }
    if (!existsSync(this.file)) return;
    for (const line of readFileSync(this.file, 'utf8').split('\n')) {
      const execution = parseLine(line);
      if (execution) this.byId.set(execution.id, execution);
    }
    for (const execution of this.byId.values()) {
      if (isFinished(execution.state) && execution.submitted < now - HISTORY_SECONDS) {
        this.byId.delete(execution.id);
        rmSync(this.resultFile(execution.id), { force: true });
      } else if (execution.token) this.byToken.set(execution.token, execution.id);
    }
    const compact = [...this.byId.values()].map((execution) => `${JSON.stringify(execution)}\n`).join('');
    replaceFile(this.file, compact);
  }

  get(id: string): Execution | undefined {
    return this.byId.get(id);
  }

  withToken(token: string): Execution | undefined {
    const id = this.byToken.get(token);
    return id === undefined ? undefined : this.byId.get(id);
  }

  /** Keeps the execution as it is now; on disk when this returns. */
  save(execution: Execution): void {
    this.byId.set(execution.id, execution);
    if (execution.token) this.byToken.set(execution.token, execution.id);
    appendFileSync(this.file, `${JSON.stringify(execution)}\n`);
  }

  all(): Execution[] {
    return [...this.byId.values()];
  }

  /** Rows of a finished query: one JSON array a line. */
  resultFile(id: string): string {
    return join(this.folder, 'results', `${id}.jsonl`);
  }

  tableProperties(table: string): Record<string, string> {
    return this.properties.get(table) ?? {};
  }

  setTableProperties(table: string, properties: Record<string, string> | undefined): void {
    if (properties) this.properties.set(table, properties);
    else this.properties.delete(table);
    replaceFile(this.propertiesFile, JSON.stringify(Object.fromEntries(this.properties), null, 2));
  }
}

function parseLine(line: string): Execution | undefined {
  if (!line) return undefined;
  try {
    return JSON.parse(line) as Execution;
  } catch {
    // The last line of a process that was killed while writing it.
    return undefined;
  }
}

function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
