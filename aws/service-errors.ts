import { RetryableError, ServiceUnavailableError, TerminalError, ThrottledError } from '../core/errors.ts';

const throttles =
  /^(TooManyRequestsException|Throttling(Exception)?|ThrottledException|RequestLimitExceeded|ProvisionedThroughputExceededException|RequestThrottled|SlowDown|LimitExceededException|TransactionInProgressException)$/;
const network = /ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|ETIMEDOUT|EAI_AGAIN|TimeoutError|socket hang up/;

interface ServiceError extends Error {
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/**
 * What an error of an AWS client means to the state machine: asked to slow down, not reachable or failing by itself
 * (5xx), or, unchanged, anything else. Errors of our own pass through.
 */
export function translateError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RetryableError || error instanceof TerminalError) return error;
  const { name, code, $metadata } = error as ServiceError;
  const text = `${name}${code ? ` (${code})` : ''}: ${error.message}`;
  if (throttles.test(name)) return new ThrottledError(text, { cause: error });
  const status = $metadata?.httpStatusCode ?? 0;
  const inner = error instanceof AggregateError ? String(error.errors) : '';
  if (status >= 500 || network.test(`${text} ${inner}`)) return new ServiceUnavailableError(text, { cause: error });
  return error;
}
