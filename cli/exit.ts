import { StackUnavailableError } from '../aws/stack-unavailable.ts';

/** What the exit codes of `tributary` mean; scripts rely on them. */
export const EXIT = {
  ok: 0,
  /** The data, the run or the query failed. */
  failed: 1,
  /** The command line was wrong; nothing was done. */
  usage: 2,
  /** The cloud is not up, not deployed, or can't be reached. */
  unreachable: 3,
} as const;

/** The command line asks for something that makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The work was done as asked and ended badly: a file was rejected, a run failed. */
export class FailedError extends Error {
  override readonly name = 'FailedError';
}

/** Nothing answers where the cloud should be. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

const NETWORK = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
const CREDENTIALS = /CredentialsProvider|TokenProvider|ExpiredToken|UnrecognizedClient|InvalidClientTokenId/;

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof UnreachableError || error instanceof StackUnavailableError) return EXIT.unreachable;
  if (chain(error).some(isUnreachable)) return EXIT.unreachable;
  return EXIT.failed;
}

/** One line that says what went wrong; the SDK's connection errors have an empty message. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (
    chain(error).some(isUnreachable) &&
    !(error instanceof UnreachableError || error instanceof StackUnavailableError)
  ) {
    return `the cloud does not answer: ${chain(error).map(describe).find(Boolean) ?? error.name}`;
  }
  if (error instanceof UsageError || error instanceof FailedError || error instanceof UnreachableError)
    return error.message;
  if (error instanceof StackUnavailableError) return error.message;
  return `${error.name}: ${error.message}`;
}

function isUnreachable(error: Error & { code?: unknown }): boolean {
  return NETWORK.test(String(error.code ?? '')) || CREDENTIALS.test(error.name) || error.name === 'TimeoutError';
}

function describe(error: Error & { code?: unknown }): string {
  return error.message || String(error.code ?? '');
}

/** An error, what it was caused by, and what it gathers (a refused connection is one error per address). */
function chain(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const gathered = error instanceof AggregateError ? error.errors.flatMap(chain) : [];
  return [error, ...gathered, ...chain(error.cause)];
}
