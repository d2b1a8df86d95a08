import type { AthenaError } from './executions.ts';
import { StatementError } from './tokens.ts';
import { EngineError, EngineUnavailableError } from './trino.ts';

/**
 * A failure in Athena's words. Categories and types are those of Athena's error catalog
 * (https://docs.aws.amazon.com/athena/latest/ug/error-reference.html).
 */
export function describeFailure(error: unknown): { reason: string; error: AthenaError } {
  if (error instanceof EngineError) {
    const reason = `${error.errorName}: ${error.message}`;
    return { reason, error: { ...classify(error), ErrorMessage: reason } };
  }
  if (error instanceof StatementError) {
    const reason = error.message;
    return { reason, error: { ErrorCategory: 2, ErrorType: 1000, Retryable: false, ErrorMessage: reason } };
  }
  const reason =
    error instanceof EngineUnavailableError
      ? `Query engine is not available: ${error.message}`
      : `Internal error: ${error instanceof Error ? error.message : String(error)}`;
  return { reason, error: { ErrorCategory: 1, ErrorType: 100, Retryable: true, ErrorMessage: reason } };
}

function classify(error: EngineError): Omit<AthenaError, 'ErrorMessage'> {
  if (error.errorName.startsWith('ICEBERG_')) return { ErrorCategory: 1, ErrorType: 233, Retryable: false };
  switch (error.errorType) {
    case 'USER_ERROR':
      return { ErrorCategory: 2, ErrorType: 1000, Retryable: false };
    case 'INSUFFICIENT_RESOURCES':
      return { ErrorCategory: 1, ErrorType: 1, Retryable: true };
    default:
      return { ErrorCategory: 1, ErrorType: 200, Retryable: true };
  }
}

/** The result file could not be written to S3. */
export function resultsNotWritten(location: string, error: unknown): { reason: string; error: AthenaError } {
  const cause = error instanceof Error ? error.message || error.name : String(error);
  const reason = `Failed to write query results to ${location}: ${cause}`;
  return { reason, error: { ErrorCategory: 1, ErrorType: 401, Retryable: true, ErrorMessage: reason } };
}

/** The query ended because this server did. */
export function interrupted(reason: string): { reason: string; error: AthenaError } {
  return { reason, error: { ErrorCategory: 1, ErrorType: 100, Retryable: true, ErrorMessage: reason } };
}
