/**
 * Errors that pass by themselves: a run that ended with one may be started again without anybody having changed anything.
 * The names are those that the state machine retries, `Runtime.ExitError` of a worker that died, and
 * `States.ServiceRestart`, which the local Step Functions gives to runs that it was stopped in the middle of.
 */
const passing =
  /^(CommitConflictError|LeaseLostError|ThrottledError|ServiceUnavailableError|Lambda\.\w+|Sandbox\.Timedout|States\.(Timeout|ServiceRestart)|Runtime\.ExitError)$/;

/** `error` is a name, or `name: message` as the ledger keeps it. */
export const passesByItself = (error: string | undefined): boolean => passing.test((error ?? '').split(':', 1)[0]!);
