import { describe, expect, it } from '@jest/globals';
import { StackUnavailableError } from '../../aws/stack-unavailable.ts';
import { EXIT, exitCodeOf, FailedError, messageOf, UnreachableError, UsageError } from '../../cli/exit.ts';

const refused = () => Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4566'), { code: 'ECONNREFUSED' });

describe('the exit code', () => {
  it.each([
    ['wrong use', new UsageError('no such file'), EXIT.usage],
    ['a failed run', new FailedError('1 of 2 files'), EXIT.failed],
    ['a cloud that is not up', new UnreachableError('not up'), EXIT.unreachable],
    ['a stack that is not there', new StackUnavailableError('not deployed'), EXIT.unreachable],
    ['a refused connection', refused(), EXIT.unreachable],
    ['a refused connection inside another error', new Error('no', { cause: refused() }), EXIT.unreachable],
    ['a connection refused on every address', new AggregateError([refused(), refused()]), EXIT.unreachable],
    ['missing credentials', Object.assign(new Error('none'), { name: 'CredentialsProviderError' }), EXIT.unreachable],
    ['anything else', new TypeError('x is not a function'), EXIT.failed],
    ['something thrown that is no error', 'oops', EXIT.failed],
  ])('tells %s', (_what, error, expected) => {
    expect(exitCodeOf(error)).toBe(expected);
  });

  it('comes with words even where the error has none', () => {
    const error = new AggregateError([refused()], '');

    const message = messageOf(error);

    expect(message).toBe('the cloud does not answer: connect ECONNREFUSED 127.0.0.1:4566');
  });

  it('comes with the bare message of our own errors and the name of others', () => {
    expect(messageOf(new UsageError('no such file: x'))).toBe('no such file: x');
    expect(messageOf(new TypeError('no'))).toBe('TypeError: no');
  });
});
