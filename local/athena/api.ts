import { createHash, randomUUID } from 'node:crypto';
import type { Execution, ExecutionStore } from './executions.ts';
import type { ColumnInfo } from './format.ts';
import type { Row } from './results.ts';
import { readRows } from './results.ts';
import type { Runner } from './runner.ts';
import { kindOf } from './translate.ts';

/** An error that the client sees, with the service's own type. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

function invalid(message: string): ApiError {
  return new ApiError('InvalidRequestException', message);
}

/** What StartQueryExecution needs to know of a workgroup. */
export interface WorkGroup {
  name: string;
  disabled: boolean;
  enforced: boolean;
  outputLocation?: string;
  bytesCutoff?: number;
}

export interface ApiPorts {
  store: ExecutionStore;
  runner: Runner;
  /** Throws an Error if the query engine cannot be reached. */
  pingEngine(): Promise<void>;
  /** Undefined if there is no such bucket. */
  bucketExists(bucket: string): Promise<boolean>;
  now(): number;
}

type Json = Record<string, unknown>;

/** AWS counts bytes. */
const MAX_QUERY_BYTES = 262_144;

interface StartInput {
  QueryString?: string;
  ClientRequestToken?: string;
  QueryExecutionContext?: { Database?: string; Catalog?: string };
  ResultConfiguration?: { OutputLocation?: string };
  WorkGroup?: string;
  ExecutionParameters?: string[];
}

/**
 * Starts a query, or answers the id that the same ClientRequestToken was given before. Throws ApiError as
 * https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html says.
 */
export async function startQueryExecution(
  input: StartInput,
  ports: ApiPorts,
  workGroup: (name: string) => Promise<WorkGroup>,
): Promise<Json> {
  const query = input.QueryString ?? '';
  const token = input.ClientRequestToken;
  checkLength('queryString', Buffer.byteLength(query), 1, MAX_QUERY_BYTES);
  if (token !== undefined) checkLength('clientRequestToken', token.length, 32, 128);
  const catalog = input.QueryExecutionContext?.Catalog;
  if (catalog !== undefined && catalog.toLowerCase() !== 'awsdatacatalog') {
    throw invalid(`Catalog ${catalog} was not found: the local Athena has AwsDataCatalog only`);
  }

  const fingerprint = fingerprintOf(input);
  const replayed = replay(ports.store, token, fingerprint);
  if (replayed) return { QueryExecutionId: replayed.id };
  const group = await workGroup(input.WorkGroup ?? 'primary');
  if (group.disabled) throw invalid(`WorkGroup ${group.name} is disabled.`);
  const folder = outputFolder(input, group);
  const bucket = folder.split('/')[2]!;
  if (!(await ports.bucketExists(bucket))) throw invalid(`Unable to verify/create output bucket ${bucket}`);
  await ports.pingEngine().catch((error: Error) => {
    throw new ApiError('InternalServerException', error.message, 500);
  });
  // Another request with this token may have come in meanwhile.
  const raced = replay(ports.store, token, fingerprint);
  if (raced) return { QueryExecutionId: raced.id };

  const id = randomUUID();
  const kind = kindOf(query);
  const execution: Execution = {
    id,
    query,
    parameters: input.ExecutionParameters,
    ...kind,
    database: input.QueryExecutionContext?.Database?.toLowerCase(),
    catalog,
    workGroup: group.name,
    outputLocation: `${folder}${kind.substatementType === 'CREATE_TABLE_AS_SELECT' ? 'tables/' : ''}${id}${extensionOf(kind)}`,
    bytesCutoff: group.bytesCutoff,
    state: 'QUEUED',
    submitted: ports.now() / 1000,
    bytesScanned: 0,
    planningMillis: 0,
    token,
    fingerprint,
  };
  ports.store.save(execution);
  ports.runner.enqueue(execution);
  return { QueryExecutionId: id };
}

function checkLength(what: string, length: number, least: number, most: number): void {
  if (length >= least && length <= most) return;
  const bound = length < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  throw invalid(
    `1 validation error detected: Value at '${what}' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

function fingerprintOf(input: StartInput): string {
  const { ClientRequestToken: _, ...rest } = input;
  return createHash('sha256')
    .update(JSON.stringify(rest, (_key, value) => (isRecord(value) ? sorted(value) : value)))
    .digest('base64');
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(record: Json): Json {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function replay(store: ExecutionStore, token: string | undefined, fingerprint: string): Execution | undefined {
  const earlier = token === undefined ? undefined : store.withToken(token);
  if (earlier && earlier.fingerprint !== fingerprint) throw invalid('Idempotent parameters do not match');
  return earlier;
}

function outputFolder(input: StartInput, group: WorkGroup): string {
  const given = input.ResultConfiguration?.OutputLocation;
  const location = group.enforced ? (group.outputLocation ?? given) : (given ?? group.outputLocation);
  if (!location) {
    throw invalid(
      'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
    );
  }
  if (!/^s3:\/\/[^/]+/.test(location)) throw invalid(`outputLocation is not a valid S3 path: ${location}`);
  return location.endsWith('/') ? location : `${location}/`;
}

function extensionOf(kind: { statementType: string; substatementType: string }): string {
  if (kind.substatementType === 'SELECT') return '.csv';
  return kind.statementType === 'DML' || kind.substatementType === 'CREATE_TABLE_AS_SELECT' ? '' : '.txt';
}

function find(store: ExecutionStore, id: unknown): Execution {
  const execution = typeof id === 'string' ? store.get(id) : undefined;
  if (!execution) throw invalid(`QueryExecution ${id} was not found`);
  return execution;
}

export function getQueryExecution(input: Json, { store, now }: ApiPorts): Json {
  return { QueryExecution: describe(find(store, input.QueryExecutionId), now()) };
}

export function batchGetQueryExecution(input: Json, { store, now }: ApiPorts): Json {
  const ids = Array.isArray(input.QueryExecutionIds) ? (input.QueryExecutionIds as string[]) : [];
  checkLength('queryExecutionIds', ids.length, 1, 50);
  const found = ids.flatMap((id) => store.get(id) ?? []);
  return {
    QueryExecutions: found.map((execution) => describe(execution, now())),
    UnprocessedQueryExecutionIds: ids
      .filter((id) => !store.get(id))
      .map((id) => ({
        QueryExecutionId: id,
        ErrorCode: 'INVALID_INPUT',
        ErrorMessage: `QueryExecution ${id} was not found`,
      })),
  };
}

/** Newest first, as Athena lists them. */
export function listQueryExecutions(input: Json, { store }: ApiPorts): Json {
  const count = maxResults(input.MaxResults, 50);
  const group = (input.WorkGroup as string | undefined) ?? 'primary';
  const executions = store
    .all()
    .filter((execution) => execution.workGroup === group)
    .reverse();
  const after = executions.findIndex((execution) => execution.id === input.NextToken);
  if (input.NextToken !== undefined && after < 0) throw invalid('NextToken is not valid');
  const page = executions.slice(after + 1, after + 1 + count);
  return {
    QueryExecutionIds: page.map((execution) => execution.id),
    ...(after + 1 + count < executions.length ? { NextToken: page.at(-1)!.id } : {}),
  };
}

function maxResults(value: unknown, most: number): number {
  if (value === undefined || value === null) return most;
  if (typeof value !== 'number' || value < 1) throw invalid('MaxResults must be at least 1.');
  if (value > most) throw invalid(`MaxResults is more than maximum allowed length ${most}.`);
  return value;
}

/** StopQueryExecution returns before the query has ended, and does nothing to one that has. */
export async function stopQueryExecution(input: Json, { store, runner }: ApiPorts): Promise<Json> {
  await runner.stop(find(store, input.QueryExecutionId).id);
  return {};
}

/** A page of rows; the first one begins with the column names if the statement was a query. */
export async function getQueryResults(input: Json, { store }: ApiPorts): Promise<Json> {
  const count = maxResults(input.MaxResults, 1000);
  const execution = find(store, input.QueryExecutionId);
  if (execution.state === 'QUEUED' || execution.state === 'RUNNING') {
    throw invalid(`Query has not yet finished. Current state: ${execution.state}`);
  }
  if (execution.state !== 'SUCCEEDED') {
    throw invalid(`Query did not finish successfully. Final query state: ${execution.state}`);
  }
  const columns = execution.columns ?? [];
  const offset = offsetOf(input.NextToken);
  const header: Row[] = execution.header && offset === undefined ? [columns.map((column) => column.Name)] : [];
  const page =
    execution.rows === undefined
      ? { rows: [] }
      : await readRows(store.resultFile(execution.id), offset ?? 0, count - header.length);
  return {
    ResultSet: {
      Rows: [...header, ...page.rows].map((row) => ({
        Data: row.map((cell) => (cell === null ? {} : { VarCharValue: cell })),
      })),
      ResultSetMetadata: { ColumnInfo: columns.length > 0 || execution.updateCount === undefined ? columns : [ROWS] },
    },
    UpdateCount: execution.updateCount ?? 0,
    ...(page.next === undefined ? {} : { NextToken: Buffer.from(String(page.next)).toString('base64url') }),
  };
}

/** The one column that an INSERT, UPDATE, DELETE or MERGE has. */
const ROWS: ColumnInfo = {
  CatalogName: 'hive',
  SchemaName: '',
  TableName: '',
  Name: 'rows',
  Label: 'rows',
  Type: 'bigint',
  Precision: 19,
  Scale: 0,
  Nullable: 'UNKNOWN',
  CaseSensitive: false,
};

function offsetOf(token: unknown): number | undefined {
  if (token === undefined || token === null) return undefined;
  const text = Buffer.from(String(token), 'base64url').toString();
  if (!/^\d{1,15}$/.test(text)) throw invalid('NextToken is not valid');
  return Number(text);
}

function describe(execution: Execution, now: number): Json {
  const end = execution.completed ?? now / 1000;
  const millis = (from: number, to: number) => Math.max(0, Math.round((to - from) * 1000));
  const started = execution.started ?? end;
  return {
    QueryExecutionId: execution.id,
    Query: execution.query,
    StatementType: execution.statementType,
    SubstatementType: execution.substatementType,
    ResultConfiguration: { OutputLocation: execution.outputLocation },
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: false } },
    QueryExecutionContext: { Database: execution.database, Catalog: execution.catalog },
    ExecutionParameters: execution.parameters,
    Status: {
      State: execution.state,
      StateChangeReason: execution.reason,
      SubmissionDateTime: execution.submitted,
      CompletionDateTime: execution.completed,
      AthenaError: execution.error,
    },
    Statistics: {
      EngineExecutionTimeInMillis: millis(started, end),
      DataScannedInBytes: execution.bytesScanned,
      TotalExecutionTimeInMillis: millis(execution.submitted, end),
      QueryQueueTimeInMillis: millis(execution.submitted, started),
      QueryPlanningTimeInMillis: execution.planningMillis,
      ServiceProcessingTimeInMillis: 0,
      ResultReuseInformation: { ReusedPreviousResult: false },
    },
    WorkGroup: execution.workGroup,
    EngineVersion: {
      SelectedEngineVersion: 'AUTO',
      EffectiveEngineVersion: 'Athena engine version 3',
    },
  };
}
