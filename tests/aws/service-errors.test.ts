import { InternalServerException, InvalidRequestException, TooManyRequestsException } from '@aws-sdk/client-athena';
import { InternalServerError, ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import { ConcurrentModificationException, OperationTimeoutException } from '@aws-sdk/client-glue';
import { NoSuchKey, S3ServiceException } from '@aws-sdk/client-s3';
import { ExecutionLimitExceeded } from '@aws-sdk/client-sfn';
import { KMSThrottlingException, ThrottledException } from '@aws-sdk/client-sns';
import { describe, expect, it } from '@jest/globals';
import { translateError } from '../../aws/service-errors.ts';
import { FileRejectedError } from '../../core/errors.ts';

const answer = (httpStatusCode: number) => ({ httpStatusCode, requestId: '8f2d', attempts: 4, totalRetryDelay: 3211 });
const of = (status: number, message = 'Rate exceeded') => ({ message, $metadata: answer(status) });

/** S3's errors that its model does not name: the code of the XML body is the name. */
const s3 = (name: string, status: number, message: string) =>
  new S3ServiceException({ name, $fault: status < 500 ? 'client' : 'server', ...of(status, message) });
const unmodelled = (name: string, status: number, message = 'Rate exceeded') =>
  Object.assign(new Error(message), { name, $fault: 'client', $metadata: answer(status) });
const network = (code: string, message = `connect ${code} 127.0.0.1:443`) =>
  Object.assign(new Error(message), { code, $metadata: { attempts: 4, totalRetryDelay: 210 } });

describe('an error of a service that asks to slow down', () => {
  it.each([
    ['Athena', new TooManyRequestsException({ ...of(400), Reason: 'CONCURRENT_QUERY_LIMIT_EXCEEDED' })],
    ['Athena and Glue', unmodelled('ThrottlingException', 400)],
    ['S3', s3('SlowDown', 503, 'Please reduce your request rate.')],
    ['DynamoDB', new ProvisionedThroughputExceededException(of(400))],
    ['DynamoDB, on demand', unmodelled('RequestLimitExceeded', 400)],
    ['DynamoDB, of a repeated transaction', unmodelled('TransactionInProgressException', 400)],
    ['SNS', new ThrottledException(of(429))],
    ['SNS, encrypted', new KMSThrottlingException(of(400))],
    ['Step Functions', new ExecutionLimitExceeded(of(400))],
    ['any that says 429', unmodelled('Odd', 429)],
  ])('is throttling: %s', (_service, error) => {
    const translated = translateError(error);

    expect(translated).toMatchObject({ name: 'ThrottledError', cause: error });
    expect((translated as Error).message).toContain(error.name);
  });
});

describe('an error of a service that failed by itself', () => {
  it.each([
    ['Athena', new InternalServerException(of(500, 'internal'))],
    ['DynamoDB', new InternalServerError(of(500, 'internal'))],
    ['S3', s3('InternalError', 500, 'We encountered an internal error. Please try again.')],
    ['S3, 503', s3('ServiceUnavailable', 503, 'Please try again.')],
    ['S3, of HEAD, which has no body', s3('503', 503, 'UnknownError')],
    ['S3, whose client was slow', s3('RequestTimeout', 400, 'Your socket connection was not read from in time.')],
    ['Glue', new OperationTimeoutException(of(400, 'timed out'))],
    ['a refused connection', network('ECONNREFUSED')],
    ['a reset connection', network('ECONNRESET', 'read ECONNRESET')],
    ['no route', network('EHOSTUNREACH')],
    ['a name that is not resolved', network('EAI_AGAIN', 'getaddrinfo EAI_AGAIN athena.eu-central-1.amazonaws.com')],
    ['no answer in time', Object.assign(new Error('no response within 20000 ms'), { name: 'TimeoutError' })],
    ['several addresses', Object.assign(new AggregateError([network('ECONNREFUSED')]), { code: 'ECONNREFUSED' })],
    ['a hang-up', network('ECONNRESET', 'socket hang up')],
  ])('is unavailability: %s', (_service, error) => {
    expect(translateError(error)).toMatchObject({ name: 'ServiceUnavailableError', cause: error });
  });
});

describe('an error of a service that somebody else changed something in', () => {
  it.each([
    ['Glue', new ConcurrentModificationException(of(400, 'Update table failed due to concurrent modifications.'))],
    ['S3', s3('ConditionalRequestConflict', 409, 'The conditional request cannot succeed.')],
    ['S3, of a bucket', s3('OperationAborted', 409, 'A conflicting conditional operation is in progress.')],
  ])('is a conflict: %s', (_service, error) => {
    expect(translateError(error)).toMatchObject({ name: 'CommitConflictError', cause: error });
  });
});

describe('any other error', () => {
  it.each([
    new FileRejectedError('no'),
    unmodelled('AccessDeniedException', 403, 'not authorized'),
    new InvalidRequestException(of(400, 'line 1:8: mismatched input')),
    new NoSuchKey(of(404, 'The specified key does not exist.')),
    unmodelled('ValidationException', 400, 'One or more parameter values were invalid'),
    'text',
  ])('is left alone, since repeating will not change it: %s', (error) => {
    expect(translateError(error)).toBe(error);
  });
});
