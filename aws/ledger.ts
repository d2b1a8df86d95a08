import {
  BatchGetCommand,
  GetCommand,
  QueryCommand,
  type QueryCommandOutput,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { ThrottledError } from '../core/errors.ts';
import {
  type Clock,
  type Key,
  type LedgerStore,
  type Page,
  type Range,
  RevisionConflict,
  type Stored,
} from '../core/ledger/store.ts';
import { dynamo } from './clients.ts';

/** The ledger in DynamoDB: revisions are kept by conditional writes, several items by one transaction. */
export function ledgerStore(table: string): LedgerStore {
  return {
    async get<T extends Stored>(pk: string, sk: string) {
      const { Item } = await dynamo().send(new GetCommand({ TableName: table, Key: { pk, sk }, ConsistentRead: true }));
      return Item as T | undefined;
    },
    query: (pk, range) => queryAll(table, pk, range),
    getMany: (keys) => getMany(table, keys),
    list: (dataset, page) => list(table, dataset, page),
    write: (items, gone = []) => transact(table, items, gone),
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

/** BatchGetItem takes 100 keys, and may leave some of them for another call. */
async function getMany<T extends Stored>(table: string, keys: Key[]): Promise<T[]> {
  const found: T[] = [];
  for (let start = 0; start < keys.length; start += 100) {
    let left: Record<string, unknown>[] = keys.slice(start, start + 100).map(({ pk, sk }) => ({ pk, sk }));
    for (let attempt = 1; left.length > 0; attempt++) {
      const request = { RequestItems: { [table]: { Keys: left, ConsistentRead: true } } };
      const { Responses, UnprocessedKeys } = await dynamo().send(new BatchGetCommand(request));
      found.push(...((Responses?.[table] ?? []) as T[]));
      left = UnprocessedKeys?.[table]?.Keys ?? [];
      if (left.length === 0) break;
      if (attempt === 10) throw new ThrottledError(`DynamoDB left ${left.length} keys of a batch unread ten times`);
      await systemClock.sleep(systemClock.random() * Math.min(5000, 50 * 2 ** attempt));
    }
  }
  return found;
}

async function list<T extends Stored>(
  table: string,
  dataset: string,
  { from = ' ', to = '', limit, after }: Page,
): Promise<{ items: T[]; next?: string }> {
  const { Items, LastEvaluatedKey } = await dynamo().send(
    new QueryCommand({
      TableName: table,
      IndexName: 'by_dataset',
      KeyConditionExpression: 'gsi1pk = :dataset and gsi1sk between :from and :to',
      ExpressionAttributeValues: { ':dataset': `dataset#${dataset}`, ':from': from, ':to': `${to}\u{10ffff}` },
      Limit: limit,
      ExclusiveStartKey: after === undefined ? undefined : JSON.parse(after),
    }),
  );
  return { items: (Items ?? []) as T[], ...(LastEvaluatedKey && { next: JSON.stringify(LastEvaluatedKey) }) };
}

/** An item that is still as it was read; one of revision 0 is not there yet. */
const unchanged = ({ rev }: Stored) =>
  rev === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'rev = :rev', ExpressionAttributeValues: { ':rev': rev } };

async function transact(table: string, items: Stored[], gone: Stored[]): Promise<void> {
  const puts = items.map((item) => ({
    Put: { TableName: table, Item: { ...item, rev: item.rev + 1 }, ...unchanged(item) },
  }));
  const deletes = gone.map((item) => ({
    Delete: { TableName: table, Key: { pk: item.pk, sk: item.sk }, ...unchanged(item) },
  }));
  for (let attempt = 1; ; attempt++) {
    try {
      await dynamo().send(new TransactWriteCommand({ TransactItems: [...puts, ...deletes] }));
      return;
    } catch (error) {
      if (isConflict(error)) throw new RevisionConflict('the item has changed', { cause: error });
      if (!isThrottled(error)) throw error;
      // The SDK tries other calls again; a transaction that was cancelled, for whatever reason, it does not.
      if (attempt === 5) throw new ThrottledError(`DynamoDB: ${(error as Error).message}`, { cause: error });
      await systemClock.sleep(systemClock.random() * 50 * 2 ** attempt);
    }
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
