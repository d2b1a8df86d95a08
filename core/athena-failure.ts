import {
  CommitConflictError,
  QueryRejectedError,
  ServiceUnavailableError,
  StatementRefusedError,
  ThrottledError,
} from './errors.ts';
import type { QueryStatus } from './ports.ts';

const conflicts = [
  'ICEBERG_COMMIT_ERROR',
  // Two MERGEs at once make the loser see a target row twice: a conflict, not a defect of the data.
  'MERGE_TARGET_ROW_MULTIPLE_MATCHES',
  'detected concurrent update',
  'ConcurrentModificationException',
];
const throttles = [
  'TooManyRequestsException',
  'ThrottlingException',
  'Rate exceeded',
  'SlowDown',
  'Slow Down',
  'educe your request rate',
];
const outages = [
  'GENERIC_INTERNAL_ERROR',
  'INTERNAL_ERROR_QUERY_ENGINE',
  'ICEBERG_FILESYSTEM_ERROR',
  'ICEBERG_CANNOT_OPEN_SPLIT',
  'HIVE_FILESYSTEM_ERROR',
  'HIVE_METASTORE_ERROR',
  'REMOTE_TASK_ERROR',
  'NO_NODES_AVAILABLE',
  'SERVER_STARTING_UP',
  'SERVER_SHUTTING_DOWN',
  'ServiceUnavailable',
];

/** What a file holds cannot be read, however often it is tried; Athena may call that an error of the system. */
const damage = ['HIVE_BAD_DATA', 'HIVE_PARTITION_SCHEMA_MISMATCH', 'HIVE_INVALID_PARTITION_VALUE', 'ICEBERG_BAD_DATA'];

/** What Athena says of a statement that would fail with any rows. */
const refusals = [
  'SYNTAX_ERROR',
  'mismatched input',
  'TABLE_NOT_FOUND',
  'SCHEMA_NOT_FOUND',
  'COLUMN_NOT_FOUND',
  'FUNCTION_NOT_FOUND',
  'TYPE_MISMATCH',
  'PERMISSION_DENIED',
  'AccessDenied',
  'Access Denied',
  'Insufficient permissions',
  'is not authorized to perform',
];

/** What a statement that Athena refuses for good means, by the reason it gives. */
export function refusal(message: string, cause?: unknown): StatementRefusedError | QueryRejectedError {
  const whole = refusals.some((sign) => message.includes(sign));
  return whole ? new StatementRefusedError(message, { cause }) : new QueryRejectedError(message, { cause });
}

/**
 * The one place that decides what a failed query means: conflict and throttling pass by themselves, an outage may, all
 * else needs a person. The message carries Athena's reason whole.
 */
export function queryFailure(what: string, queryId: string, status: Extract<QueryStatus, { reason: string }>): Error {
  const message = `${what} (Athena query ${queryId}) ${status.state}: ${status.reason}`;
  const says = (signs: string[]) => signs.some((sign) => status.reason.includes(sign));
  if (says(conflicts)) return new CommitConflictError(message);
  if (says(throttles)) return new ThrottledError(message);
  if (says(damage)) return refusal(message);
  if (status.state === 'cancelled' || status.retryable || says(outages)) return new ServiceUnavailableError(message);
  return refusal(message);
}

/** Whether the statement asked too much of Athena at once: half of it may pass. */
export const tooLarge = (error: Error): boolean =>
  /Query exhausted resources|EXCEEDED_(LOCAL_|GLOBAL_)?(MEMORY|TIME|CPU|SCAN)_LIMIT/.test(error.message);
