import { describe, expect, it } from '@jest/globals';
import { queryFailure } from '../../core/athena-failure.ts';

const failed = (reason: string, retryable = false) => ({
  state: 'failed' as const,
  reason,
  retryable,
  bytesScanned: 0,
});

describe('queryFailure', () => {
  it.each([
    ['ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: silver.orders', 'CommitConflictError'],
    [
      'MERGE_TARGET_ROW_MULTIPLE_MATCHES: One MERGE target table row matched more than one source row',
      'CommitConflictError',
    ],
    ['Query exhausted resources: TooManyRequestsException', 'ThrottledError'],
    ['HIVE_CANNOT_OPEN_SPLIT: Please reduce your request rate. SlowDown', 'ThrottledError'],
    ['GENERIC_INTERNAL_ERROR: something', 'ServiceUnavailableError'],
    ['TYPE_MISMATCH: line 1:8: cannot be applied', 'StatementRefusedError'],
    ['TABLE_NOT_FOUND: line 1:15: Table does not exist', 'StatementRefusedError'],
    ['PERMISSION_DENIED: Access Denied (Service: Amazon S3; Status Code: 403)', 'StatementRefusedError'],
    ['HIVE_BAD_DATA: Field amount has an incompatible type', 'QueryRejectedError'],
    ['NUMERIC_VALUE_OUT_OF_RANGE: bigint multiplication overflow', 'QueryRejectedError'],
  ])('%s is a %s, with the reason whole', (reason, name) => {
    const error = queryFailure('MERGE into silver.orders', 'q1', failed(reason));

    expect(error).toMatchObject({ name });
    expect(error.message).toContain(reason);
    expect(error.message).toContain('q1');
  });

  it('believes Athena when it says that a failure may be repeated', () => {
    expect(queryFailure('x', 'q', failed('odd', true))).toMatchObject({ name: 'ServiceUnavailableError' });
  });

  it('knows that damaged data stays damaged, whatever Athena says', () => {
    expect(queryFailure('x', 'q', failed('HIVE_BAD_DATA: Malformed Parquet file', true))).toMatchObject({
      name: 'QueryRejectedError',
    });
  });

  it('takes a cancelled query for one to repeat', () => {
    expect(queryFailure('x', 'q', { ...failed('stopped'), state: 'cancelled' })).toMatchObject({
      name: 'ServiceUnavailableError',
    });
  });
});
