import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { dynamo } from '../../aws/clients.ts';
import { isConflict, isThrottled, ledgerStore } from '../../aws/ledger.ts';
import { ThrottledError } from '../../core/errors.ts';
import { RevisionConflict } from '../../core/ledger/store.ts';

const cancelled = (...codes: string[]) =>
  Object.assign(new Error('Transaction cancelled'), {
    name: 'TransactionCanceledException',
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

describe('a cancelled transaction', () => {
  it.each(['ConditionalCheckFailed', 'TransactionConflict'])('is a conflict for %s', (code) => {
    expect(isConflict(cancelled('None', code))).toBe(true);
  });

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded', 'RequestLimitExceeded'])(
    'is throttling for %s',
    (code) => {
      expect(isThrottled(cancelled('None', code))).toBe(true);
      expect(isConflict(cancelled('None', code))).toBe(false);
    },
  );

  it('is neither for what repeating will not change', () => {
    const error = cancelled('ValidationError', 'None');

    expect([isConflict(error), isThrottled(error)]).toEqual([false, false]);
  });
});

describe('a write', () => {
  process.env.AWS_REGION ??= 'us-east-1';
  const item = { pk: 'file#1', sk: 'file', rev: 3 };

  /** DynamoDB answers one call after the other with these errors, then takes the write. */
  function answering(...errors: Error[]) {
    return jest.spyOn(dynamo(), 'send').mockImplementation(async () => {
      const error = errors.shift();
      if (error !== undefined) throw error;
    });
  }

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('that is cancelled for throttling is tried again', async () => {
    const send = answering(cancelled('ThrottlingError'), cancelled('None', 'ProvisionedThroughputExceeded'));

    await ledgerStore('ledger').write([item]);

    expect(send).toHaveBeenCalledTimes(3);
  });

  it('that is cancelled for throttling five times is throttled', async () => {
    const send = answering(...Array.from({ length: 9 }, () => cancelled('ThrottlingError')));

    await expect(ledgerStore('ledger').write([item])).rejects.toThrow(ThrottledError);

    expect(send).toHaveBeenCalledTimes(5);
  });

  it('that meets a conflict is not tried again, since it must be decided anew', async () => {
    const send = answering(cancelled('ThrottlingError', 'ConditionalCheckFailed'));

    await expect(ledgerStore('ledger').write([item])).rejects.toThrow(RevisionConflict);

    expect(send).toHaveBeenCalledTimes(1);
  });
});
