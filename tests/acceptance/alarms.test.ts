import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { s3, sqs } from '../../aws/clients.ts';
import { invokeFunction } from '../../aws/functions.ts';
import { fileId } from '../../core/ledger/file-id.ts';
import { getFile } from '../../core/ledger/files.ts';
import type { RowCounts } from '../../core/ledger/items.ts';
import { type Alerts, dropText, isLocal, ledger, stack, stage, tributaryJson, until } from './cloud.ts';

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
const order = (id: string, status = 'paid') =>
  `${id},C-000001,P-00001,1,9.99,${status},2026-04-02T10:00:00Z,2026-04-02T10:00:00Z\n`;

/** A queue that has been idle reports to CloudWatch only after up to 15 minutes. */
const patience = isLocal ? 120 : 20 * 60;
const milliseconds = (patience + 60) * 1000;

const alerts = () => tributaryJson<Alerts>('alerts', '--since', '1h', '--limit', '200', '--full');

async function alarm(name: string): Promise<{ state: string; reason: string }> {
  const found = (await alerts()).alarms.find((candidate) => candidate.name === `tributary-${stage}-${name}`);
  if (found === undefined) throw new Error(`there is no alarm tributary-${stage}-${name}`);
  return found;
}

/** What CloudWatch publishes when an alarm rings: JSON, as opposed to a page. */
function rings(message: string, name: string): boolean {
  if (!message.startsWith('{')) return false;
  const { AlarmName, NewStateValue } = JSON.parse(message) as Record<string, unknown>;
  return AlarmName === `tributary-${stage}-${name}` && NewStateValue === 'ALARM';
}

/** Waits until an alarm rings and its message, sent after the given time, is among the alerts. */
async function untilItRings(name: string, since: Date): Promise<void> {
  await until(`the alarm ${name} rings`, patience, async () => (await alarm(name)).state === 'ALARM');
  await until(`the message of the alarm ${name} is kept`, 60, async () =>
    (await alerts()).messages.some(({ at, message }) => new Date(at) >= since && rings(message, name)),
  );
}

describe('scheduled orders', () => {
  it('are dropped once by the deployed function, however often it is called, and get to gold as they were made', async () => {
    const { generateOrdersFunction, landingBucket } = await stack();
    const event = { time: '2026-02-03T04:00:00Z', source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };

    const calls = [];
    for (const _ of ['first', 'again']) {
      calls.push(
        await invokeFunction<{ key: string; version_id: string; dropped: boolean; rows: number; expected: RowCounts }>(
          generateOrdersFunction,
          event,
        ),
      );
    }

    const [first, again] = calls;
    expect(first!.key).toBe('landing/orders/generated/2026-02-03T04:00:00Z.csv');
    expect(again).toEqual({ ...first, dropped: false });
    const listed = await s3().send(new ListObjectVersionsCommand({ Bucket: landingBucket, Prefix: first!.key }));
    expect(listed.Versions?.map(({ VersionId }) => VersionId)).toEqual([first!.version_id]);
    const file = await until('the file is done', 240, async () => {
      const known = await getFile(await ledger(), fileId(landingBucket, first!.key, first!.version_id));
      return known?.status === 'done' && known;
    });
    expect(file.counts).toEqual(first!.expected);
    expect(file.counts!.in).toBe(first!.rows);
    expect(file.counts!.rejected).toBeGreaterThan(0);
  });

  it('are refused for an event that says no time, by the deployed function', async () => {
    const { generateOrdersFunction } = await stack();

    const call = invokeFunction(generateOrdersFunction, { source: 'aws.events' });

    await expect(call).rejects.toThrow(/InvalidInputError: .*time/);
  });
});

describe('the alarm on rejected rows', () => {
  it(
    'rings for a file of which more is rejected than usual but less than makes it refused, and is told',
    async () => {
      const since = new Date();
      const before = await alarm('rejected-rows-orders');
      const rows = Array.from({ length: 100 }, (_, index) =>
        order(`O-ALARMS-${String(index).padStart(4, '0')}`, index < 4 ? 'lost' : 'paid'),
      );

      const dropped = await dropText('orders', 'four-percent.csv', header + rows.join(''));

      expect(before.state).not.toBe('ALARM');
      expect(dropped).toMatchObject({ outcome: 'done', counts: { in: 100, accepted: 96, rejected: 4 } });
      await untilItRings('rejected-rows-orders', since);
    },
    milliseconds,
  );
});

describe('the alarm on dead letters', () => {
  const body = JSON.stringify({ note: 'of the acceptance tests', at: new Date().toISOString() });

  afterAll(async () => {
    const QueueUrl = (await stack()).deadLetterQueueUrl;
    await until('the message is deleted', 120, async () => {
      const { Messages = [] } = await sqs().send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 5 }),
      );
      const own = Messages.find(({ Body }) => Body === body);
      if (own) await sqs().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: own.ReceiptHandle }));
      return own !== undefined;
    });
  }, 180_000);

  it(
    'rings while a message is in the queue, and is told',
    async () => {
      const since = new Date();
      const before = await alarm('dead-letters');

      await sqs().send(new SendMessageCommand({ QueueUrl: (await stack()).deadLetterQueueUrl, MessageBody: body }));

      expect(before.state).not.toBe('ALARM');
      await untilItRings('dead-letters', since);
    },
    milliseconds,
  );
});
