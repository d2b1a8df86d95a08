import {
  CommitConflictError,
  RetryableError,
  ServiceUnavailableError,
  TerminalError,
  ThrottledError,
} from '../core/errors.ts';

/** The SDK's own list (smithy's THROTTLING_ERROR_CODES), and what it takes for final but passes by itself. */
const throttles = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
  // Of SNS, and of Step Functions with a million open executions.
  'KMSThrottlingException',
  'ExecutionLimitExceeded',
]);
/** Two changed one thing at once: Glue's tables and partitions, S3's conditional writes. */
const conflicts = new Set(['ConcurrentModificationException', 'ConditionalRequestConflict', 'OperationAborted']);
/** Answered with 4xx, though nothing is wrong with the request. */
const timeouts = new Set(['RequestTimeout', 'RequestTimeoutException', 'OperationTimeoutException']);
const network =
  /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT|EAI_AGAIN|TimeoutError|socket hang up/;

interface ServiceError extends Error {
  code?: string;
  $metadata?: { httpStatusCode?: number };
  /** Set on errors that the service's model calls retryable. */
  $retryable?: { throttling?: boolean };
}

/**
 * What an error of an AWS client means to the state machine: asked to slow down, changed by another at the same time, not
 * reachable or failing by itself (5xx), or, unchanged, anything else. Errors of our own pass through.
 */
export function translateError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RetryableError || error instanceof TerminalError) return error;
  const { name, code, $metadata, $retryable } = error as ServiceError;
  const text = `${name}${code ? ` (${code})` : ''}: ${error.message}`;
  const status = $metadata?.httpStatusCode ?? 0;
  if (throttles.has(name) || status === 429 || $retryable?.throttling === true) {
    return new ThrottledError(text, { cause: error });
  }
  if (conflicts.has(name)) return new CommitConflictError(text, { cause: error });
  const inner = error instanceof AggregateError ? String(error.errors) : '';
  const passes = timeouts.has(name) || $retryable !== undefined || status >= 500 || network.test(`${text} ${inner}`);
  return passes ? new ServiceUnavailableError(text, { cause: error }) : error;
}
