import { SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { sns, sqs } from '../../aws/clients.ts';
import { stack } from './cloud.ts';

/** A subscriber of the notices to the owners of datasets. */
export interface Notices {
  /** The messages that have come since it was last asked. */
  news(): Promise<string[]>;
  /** Ends the subscription and takes the queue away. */
  close(): Promise<void>;
}

/** Listens from now on to the notices that `isMeant` picks by their text: other tests cause notices as well. */
export async function listen(name: string, isMeant: (text: string) => boolean): Promise<Notices> {
  const { noticeTopicArn } = await stack();
  const [, partition, , region, account] = noticeTopicArn.split(':');
  const QueueName = `${name}-${Date.now()}`;
  const queueArn = `arn:${partition}:sqs:${region}:${account}:${QueueName}`;
  // https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html: without it, AWS delivers nothing.
  const mayBeSent = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': noticeTopicArn } },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [mayBeSent] });
  const { QueueUrl } = await sqs().send(new CreateQueueCommand({ QueueName, Attributes: { Policy } }));
  const { SubscriptionArn } = await sns().send(
    new SubscribeCommand({
      TopicArn: noticeTopicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
      ReturnSubscriptionArn: true,
    }),
  );

  /** Empties the queue: a message that is left in it would come again. */
  async function news(): Promise<string[]> {
    const texts: string[] = [];
    for (;;) {
      const { Messages = [] } = await sqs().send(
        // Waiting asks all servers of SQS, where a queue that is not empty may else seem to be.
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      if (Messages.length === 0) return texts.filter(isMeant);
      texts.push(...Messages.map(({ Body }) => String(JSON.parse(Body!).Message)));
      const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
      const { Failed = [] } = await sqs().send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      if (Failed.length > 0) throw new Error(`messages stay in ${QueueName}: ${JSON.stringify(Failed)}`);
    }
  }
  async function close(): Promise<void> {
    await sns().send(new UnsubscribeCommand({ SubscriptionArn }));
    await sqs().send(new DeleteQueueCommand({ QueueUrl }));
  }
  return { news, close };
}
