import { ThrottledError } from '../errors.ts';

/**
 * The ledger's port: three methods over items that carry a revision. Every rule of the ledger reads items, decides in
 * plain code, and writes back on condition that nothing it read has changed, so an in-memory store with the same
 * condition shows the same races as DynamoDB.
 */
export interface Stored {
  pk: string;
  sk: string;
  /** Number of writes the item has seen; 0 for an item that is not there yet. */
  rev: number;
}

export interface Range {
  /** Inclusive bounds of the sort key. */
  from?: string;
  to?: string;
  limit?: number;
  descending?: boolean;
}

export interface LedgerStore {
  /** Reads one item, strongly consistent. */
  get<T extends Stored>(pk: string, sk: string): Promise<T | undefined>;
  /** Reads the items of one partition in the order of their sort keys, strongly consistent, all pages. */
  query<T extends Stored>(pk: string, range: Range): Promise<T[]>;
  /** Reads any number of items, strongly consistent, in no order; those that are not there are left out. */
  getMany<T extends Stored>(keys: Key[]): Promise<T[]>;
  /**
   * One page of what the index `by_dataset` holds of a dataset: its files, in the order in which they were received. The
   * index follows the items after a moment. `next` continues behind the page.
   */
  list<T extends Stored>(dataset: string, page: Page): Promise<{ items: T[]; next?: string }>;
  /**
   * Writes all items and removes those that are `gone`, or does nothing, each on condition that its revision in the store
   * is still `item.rev`; the stored revision is one more. At most 100 in all (DynamoDB's limit). Throws RevisionConflict.
   */
  write(items: Stored[], gone?: Stored[]): Promise<void>;
}

export interface Key {
  pk: string;
  sk: string;
}

export interface Page {
  /** Inclusive bounds of the time of receipt, ISO 8601 or the beginning of it. */
  from?: string;
  to?: string;
  limit: number;
  /** The `next` of the page before. */
  after?: string;
}

/** Somebody else wrote first; read again and decide again. */
export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';
}

export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
  /** A number in [0, 1), for jitter. */
  random(): number;
}

const attempts = 60;

/**
 * Runs a read-decide-write step until no one else wrote in between, with full jitter between attempts.
 * Throws ThrottledError when that does not happen in 60 attempts.
 */
export async function withRetries<T>(clock: Clock, step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      if (attempt === attempts) throw new ThrottledError('the ledger item is written too often', { cause: error });
      await clock.sleep(clock.random() * Math.min(1000, 10 * 2 ** attempt));
    }
  }
}
