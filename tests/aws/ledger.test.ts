import { describe, expect, it } from '@jest/globals';
import { isConflict, isThrottled } from '../../aws/ledger.ts';

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
