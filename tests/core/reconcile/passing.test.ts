import { describe, expect, it } from '@jest/globals';
import * as errors from '../../../core/errors.ts';
import { passesByItself } from '../../../core/reconcile/passing.ts';

const bases: unknown[] = [errors.RetryableError, errors.TerminalError];
const leaves = Object.values(errors as unknown as Record<string, new (message: string) => Error>)
  .filter((leaf) => !bases.includes(leaf))
  .map((leaf) => new leaf('what'));

describe('errors that pass by themselves', () => {
  it.each(leaves.map((error) => ({ name: error.name, error })))('are those that are retried: $name', ({ error }) => {
    expect(passesByItself(`${error.name}: ${error.message}`)).toBe(error instanceof errors.RetryableError);
  });

  it.each([
    ['States.Timeout', true],
    ['Lambda.TooManyRequestsException: Rate exceeded', true],
    ['States.DataLimitExceeded: too long', false],
    ['Aborted: stopped by hand', false],
    ['QueryRejectedError: ThrottledError: no', false],
    [undefined, false],
  ])('among others: %s', (error, passes) => {
    expect(passesByItself(error)).toBe(passes);
  });
});
