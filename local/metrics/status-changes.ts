import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import type { DeleteMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Clients } from './clients.ts';
import type { Datum } from './emf.ts';
import { changeKey, executionMetrics, readStatusChange } from './executions.ts';

export interface Received {
  data: Datum[];
  counted: Record<string, number>;
  /** Takes the messages off the queue; call it when the data are stored. */
  acknowledge(): Promise<void>;
}

export interface StatusChanges {
  queueUrl: string;
  receive(counted: Record<string, number>): Promise<Received>;
}

/** Messages taken in one cycle at most. */
const MAX_BATCHES = 50;

/** A rule and a queue of the bridge's own: what happens while it is down waits for it. */
export async function openStatusChanges({ events, sqs }: Clients, name: string): Promise<StatusChanges> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const queueUrl = QueueUrl!;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  await events.send(
    new PutRuleCommand({
      Name: name,
      Description: 'Status changes of executions, for the metrics of AWS/States.',
      EventPattern: JSON.stringify({
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
      }),
    }),
  );
  await events.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn }] }));
  return {
    queueUrl,
    async receive(counted) {
      const fresh: Record<string, number> = {};
      const data: Datum[] = [];
      const handles: DeleteMessageBatchRequestEntry[][] = [];
      for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
        );
        if (Messages.length === 0) break;
        handles.push(Messages.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle })));
        for (const message of Messages) {
          const change = readStatusChange(message.Body ?? '');
          if (!change) continue;
          const key = changeKey(change);
          if (key in counted || key in fresh) continue;
          fresh[key] = Date.now();
          data.push(...executionMetrics(change));
        }
      }
      return {
        data,
        counted: fresh,
        async acknowledge() {
          for (const Entries of handles) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        },
      };
    },
  };
}
