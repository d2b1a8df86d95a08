import { describe, expect, it } from '@jest/globals';
import { queryFailure } from '../../core/athena-failure.ts';

/** Reasons as Athena, Trino, Glue and S3 word them, ids shortened. */
const reasons: [string, string][] = [
  ['ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: silver.orders', 'CommitConflictError'],
  [
    'ICEBERG_COMMIT_ERROR: Failed to commit the transaction during write: Found conflicting files that can contain records matching true',
    'CommitConflictError',
  ],
  [
    'GENERIC_INTERNAL_ERROR: Cannot commit silver.orders because Glue detected concurrent update',
    'CommitConflictError',
  ],
  [
    'GENERIC_INTERNAL_ERROR: Update table failed due to concurrent modifications. (Service: AWSGlue; Status Code: 400; Error Code: ConcurrentModificationException; Request ID: 00ed)',
    'CommitConflictError',
  ],
  ['HIVE_CURSOR_ERROR: Please reduce your request rate.', 'ThrottledError'],
  [
    'ICEBERG_CANNOT_OPEN_SPLIT: Error opening Iceberg split s3://b/k (offset=0, length=9): Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown; Request ID: 4A)',
    'ThrottledError',
  ],
  [
    'HIVE_CANNOT_OPEN_SPLIT: Slow Down (Service: Amazon S3; Status Code: 503; Error Code: 503 Slow Down)',
    'ThrottledError',
  ],
  [
    'HIVE_METASTORE_ERROR: Rate exceeded (Service: AWSGlue; Status Code: 400; Error Code: ThrottlingException; Request ID: 1b; Proxy: null)',
    'ThrottledError',
  ],
  [
    'GENERIC_USER_ERROR: Rate exceeded (Service: Glue, Status Code: 400, Request ID: f2) (SDK Attempt Count: 4)',
    'ThrottledError',
  ],
  ['GENERIC_INTERNAL_ERROR: Unexpected failure, please try again', 'ServiceUnavailableError'],
  ['ICEBERG_FILESYSTEM_ERROR: Error accessing metadata file for table silver.orders', 'ServiceUnavailableError'],
];

describe('a reason that passes by itself', () => {
  it.each(reasons)('%s → %s', (reason, name) => {
    const error = queryFailure('MERGE into silver.orders', 'q1', {
      state: 'failed',
      reason,
      retryable: false,
      bytesScanned: 0,
    });

    expect(error.name).toBe(name);
  });
});
