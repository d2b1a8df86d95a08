import type { SQSClient } from '@aws-sdk/client-sqs';
import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { Datum } from './emf.ts';

/** SQS reports a queue once a minute; here twice, and at once when the number changes. */
const INTERVAL_MILLIS = 30_000;

const METRICS = {
  ApproximateNumberOfMessages: 'ApproximateNumberOfMessagesVisible',
  ApproximateNumberOfMessagesNotVisible: 'ApproximateNumberOfMessagesNotVisible',
} as const;

/** Answers what AWS/SQS would have reported since the last call, for every queue but the ones named. */
export function queueDepthReader(sqs: SQSClient, except: Set<string>): (now: number) => Promise<Datum[]> {
  const reported = new Map<string, { value: number; at: number }>();
  return async (now) => {
    const data: Datum[] = [];
    for (const url of await queueUrls(sqs)) {
      if (except.has(url)) continue;
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      for (const [attribute, name] of Object.entries(METRICS)) {
        const value = Number(Attributes?.[attribute as keyof typeof METRICS] ?? 0);
        const key = `${url} ${name}`;
        const last = reported.get(key);
        if (last && last.value === value && now - last.at < INTERVAL_MILLIS) continue;
        reported.set(key, { value, at: now });
        const dimensions = { QueueName: url.slice(url.lastIndexOf('/') + 1) };
        data.push({ namespace: 'AWS/SQS', name, unit: 'Count', dimensions, values: [value], at: now, resolution: 60 });
      }
    }
    return data;
  };
}

async function queueUrls(sqs: SQSClient): Promise<string[]> {
  const urls: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sqs.send(new ListQueuesCommand({ MaxResults: 1000, NextToken }));
    urls.push(...(page.QueueUrls ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return urls;
}
