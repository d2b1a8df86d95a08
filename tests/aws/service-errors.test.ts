import { describe, expect, it } from '@jest/globals';
import { translateError } from '../../aws/service-errors.ts';
import { FileRejectedError } from '../../core/errors.ts';

const named = (name: string, extra: object = {}) => Object.assign(new Error('text'), { name, ...extra });

describe('translateError', () => {
  it.each(['TooManyRequestsException', 'ThrottlingException', 'SlowDown', 'ProvisionedThroughputExceededException'])(
    'calls %s throttled',
    (name) => expect(translateError(named(name))).toMatchObject({ name: 'ThrottledError' }),
  );

  it.each([
    named('Error', { code: 'ECONNREFUSED' }),
    named('TimeoutError'),
    named('InternalServerException', { $metadata: { httpStatusCode: 500 } }),
    named('AggregateError', { code: 'ECONNREFUSED' }),
  ])('calls what cannot be reached or fails by itself unavailable: %s', (error) => {
    expect(translateError(error)).toMatchObject({ name: 'ServiceUnavailableError', cause: error });
  });

  it.each([
    new FileRejectedError('no'),
    named('AccessDeniedException', { $metadata: { httpStatusCode: 403 } }),
    'text',
  ])('leaves alone what repeating will not change: %s', (error) => expect(translateError(error)).toBe(error));
});
