import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GlueClient } from '@aws-sdk/client-glue';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Every AWS client of the project, made on first use from the process's environment (`AWS_REGION`, credentials, and
 * `AWS_ENDPOINT_URL` for the local cloud), so that it may be set until then.
 *
 * `once` calls are marked pure: a Lambda bundle then holds only the clients its function asks for.
 */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A connection that does not come up within seconds will not come up; long answers are polled for, never waited on. */
export const connection = { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true };
/**
 * The SDK waits with full jitter, up to 1, 2 and 4 seconds where a service asks to slow down, much less where it can not
 * be reached. That bridges a hiccup; what takes longer is the state machine's to wait for, which costs nothing, and not
 * a function's until it times out.
 */
export const maxAttempts = 4;
const standard = { maxAttempts, retryMode: 'standard', requestHandler: connection };
/** Athena and Glue have low rate limits shared by the whole account: slow down before they tell us to. */
const adaptive = { maxAttempts, retryMode: 'adaptive', requestHandler: connection };

export const s3 = /* @__PURE__ */ once(
  () =>
    new S3Client({
      ...standard,
      // The local cloud has one host name for all buckets.
      forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL),
      // A body may be sent for minutes, but not without a byte moving; S3 sends spaces while it copies.
      requestHandler: { connectionTimeout: connection.connectionTimeout, socketTimeout: 120_000 },
    }),
);
export const athena = /* @__PURE__ */ once(() => new AthenaClient(adaptive));
export const glue = /* @__PURE__ */ once(() => new GlueClient(adaptive));
/** Document client: plain JavaScript values in and out, `undefined` attributes left out. */
export const dynamo = /* @__PURE__ */ once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient(standard), { marshallOptions: { removeUndefinedValues: true } }),
);
export const stepFunctions = /* @__PURE__ */ once(() => new SFNClient(standard));
export const sns = /* @__PURE__ */ once(() => new SNSClient(standard));
export const sqs = /* @__PURE__ */ once(() => new SQSClient(standard));
export const cloudWatch = /* @__PURE__ */ once(() => new CloudWatchClient(standard));
export const cloudWatchLogs = /* @__PURE__ */ once(() => new CloudWatchLogsClient(standard));
export const cloudFormation = /* @__PURE__ */ once(() => new CloudFormationClient(standard));
/** A synchronous invocation answers when the function ends: up to 15 minutes, and it must not be sent twice. */
export const lambda = /* @__PURE__ */ once(
  () =>
    new LambdaClient({
      ...standard,
      maxAttempts: 1,
      requestHandler: { ...connection, requestTimeout: 15 * 60_000 },
    }),
);
export const eventBridge = /* @__PURE__ */ once(() => new EventBridgeClient(standard));
