/**
 * Every error a task can end with. The state machine's `Retry` matches `name`, so each leaf sets it as a literal
 * (a minifier rewrites `constructor.name`).
 */

/** Passes by itself: the state machine retries it with jittered back-off. */
export abstract class RetryableError extends Error {
  abstract override readonly name: string;
}

/** Will not pass until somebody changes the file, the contract or the code: never retried, always paged. */
export abstract class TerminalError extends Error {
  abstract override readonly name: string;
}

/** Another writer committed to the Iceberg table first (ICEBERG_COMMIT_ERROR and its false multiple-matches twin). */
export class CommitConflictError extends RetryableError {
  override readonly name = 'CommitConflictError';
}

/** An AWS service asked us to slow down (TooManyRequestsException, ThrottlingException, S3 503). */
export class ThrottledError extends RetryableError {
  override readonly name = 'ThrottledError';
}

/** A service could not be reached, or failed for a reason of its own. */
export class ServiceUnavailableError extends RetryableError {
  override readonly name = 'ServiceUnavailableError';
}

/** The lease of a table was lost to another run while this one worked; the work is safe to repeat. */
export class LeaseLostError extends RetryableError {
  override readonly name = 'LeaseLostError';
}

/** The key is not under `landing/<dataset>/`, or no contract of that name exists. */
export class UnknownDatasetError extends TerminalError {
  override readonly name = 'UnknownDatasetError';
}

/** The file as a whole was refused: unreadable, not of the contract's shape, or with more rejects than allowed. */
export class FileRejectedError extends TerminalError {
  override readonly name = 'FileRejectedError';
}

/** A contract is wrong; the message names file, line and reason. */
export class ContractError extends TerminalError {
  override readonly name = 'ContractError';
}

/** Athena refused or failed a query for a reason that repeating it will not change; the message carries Athena's. */
export class QueryRejectedError extends TerminalError {
  override readonly name = 'QueryRejectedError';
}

/**
 * Athena refuses the statement whatever rows it is given: permissions, a missing table, wrong SQL. No file is to blame,
 * so what waits stays staged until somebody has corrected it.
 */
export class StatementRefusedError extends TerminalError {
  override readonly name = 'StatementRefusedError';
}

/** Rows went missing or were counted twice between two steps. A defect of ours: nothing is published as done. */
export class RowConservationError extends TerminalError {
  override readonly name = 'RowConservationError';
}

/** The input of a task, or its environment, is not what its schema says. */
export class InvalidInputError extends TerminalError {
  override readonly name = 'InvalidInputError';
}

/** An undo, a rollback or a replay cannot be done as things are; nothing has changed for readers, and the message says what to do. */
export class OperationRefusedError extends TerminalError {
  override readonly name = 'OperationRefusedError';
}
