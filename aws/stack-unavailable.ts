/** The stage can't be used: not deployed, not deployed to the end, no credentials, or nothing answers. */
export class StackUnavailableError extends Error {
  override readonly name = 'StackUnavailableError';
}
