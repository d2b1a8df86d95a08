import { GetCommand, QueryCommand, type QueryCommandOutput, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { ThrottledError } from '../core/errors.ts';
import { type Clock, type LedgerStore, type Range, RevisionConflict, type Stored } from '../core/ledger/store.ts';
import { dynamo } from './clients.ts';

/** The ledger in DynamoDB: revisions are kept by conditional writes, several items by one transaction. */
export function ledgerStore(table: string): LedgerStore {
  return {
    async get<T extends Stored>(pk: string, sk: string) {
      const { Item } = await dynamo().send(new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true }));
      return Item as T | undefined;
    },
    query: (pk, range) => queryAll(table, pk, range),
    write: (items) => transact(table, items),
  };
}

async function queryAll<T extends Stored>(table: string, pk: string, range: Range): Promise<T[]> {
  const found: T[] = [];
  let from: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const page = await dynamo().send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk and sk between :from and :to',
        ExpressionAttributeValues: { ':pk': pk, ':from': range.from ?? ' ', ':to': range.to ?? '\u{10ffff}' },
        ScanIndexForward: !range.descending,
        Limit: range.limit === undefined ? undefined : range.limit - found.length,
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    found.push(...((page.Items ?? []) as T[]));
    from = page.LastEvaluatedKey;
  } while (from !== undefined && (range.limit === undefined || found.length < range.limit));
  return found;
}

async function transact(table: string, items: Stored[]): Promise<void> {
  const puts = items.map((item) => ({
    Put: {
      TableName: table,
      Item: { ...item, rev: item.rev + 1 },
      ...(item.rev === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : { ConditionExpression: 'rev = :rev', ExpressionAttributeValues: { ':rev': item.rev } }),
    },
  }));
  try {
    await dynamo().send(new TransactWriteCommand({ TransactItems: puts }));
  } catch (error) {
    if (isConflict(error)) throw new RevisionConflict('the item has changed', { cause: error });
    if (isThrottled(error)) throw new ThrottledError(`DynamoDB: ${(error as Error).message}`, { cause: error });
    throw error;
  }
}

const cancellations = (error: unknown): string[] =>
  ((error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? []).map(
    ({ Code }) => Code ?? 'None',
  );

/** A transaction names throttling only among the reasons of its cancellation. */
export function isThrottled(error: unknown): boolean {
  const throttles = ['ThrottlingError', 'ProvisionedThroughputExceeded', 'RequestLimitExceeded'];
  return cancellations(error).some((code) => throttles.includes(code));
}

/** A failed condition, or another transaction on one of the items at this moment. */
export function isConflict(error: unknown): boolean {
  if (error instanceof Error && error.name === 'TransactionConflictException') return true;
  return cancellations(error).some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict');
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
};
