import { PublishCommand } from '@aws-sdk/client-sns';
import type { Notice } from '../core/pipeline/quarantine.ts';
import { sns } from './clients.ts';

/** Sends a notice; subscribers filter by the attributes `dataset` and `owner`. */
export async function publishNotice(topicArn: string, notice: Notice): Promise<void> {
  const attributes = Object.entries({ dataset: notice.dataset, owner: notice.owner });
  await sns().send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: notice.subject,
      Message: notice.message,
      MessageAttributes: Object.fromEntries(
        attributes.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  );
}
