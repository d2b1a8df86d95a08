import { randomFrom } from '../../../core/generate/random.ts';
import { ask } from '../execution/lake.ts';
import type { Query } from '../execution/queries.ts';

/**
 * Somebody who does not know of the lease: writes to silver.orders through Athena, row after row. The rows are marked as
 * deleted, so that no mart counts them.
 */
export function foreignWriter(seed: string): { stop(): Promise<void> } {
  const random = randomFrom(seed);
  let going = true;
  const work = write();

  async function write(): Promise<void> {
    for (let row = 1; going; row++) {
      // One that loses against a MERGE is left at that.
      await ask(insert(row)).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 200 + 1_500 * random.next()));
    }
  }

  return {
    async stop() {
      going = false;
      await work;
    },
  };
}

const insert = (row: number) => `insert into {silver}.orders
  (order_id, customer_id, product_id, quantity, unit_price, status, order_ts, updated_at, meta_version, meta_deleted)
  values ('O-FOREIGN-${String(row).padStart(4, '0')}', 'C-000001', 'P-00001', 1, decimal '1.00', 'paid',
    timestamp '2000-06-01 00:00:00.000000', timestamp '2000-06-01 00:00:00.000000', '0', true)`;

/** Whether one of these commits came between the start and the end of a query, or made it fail. */
export const met = ({ submitted, ended, reason }: Query, commits: Query[]): boolean =>
  isConflict(reason) || commits.some((commit) => commit.ended >= submitted && commit.ended <= ended);

export const isConflict = (reason: string): boolean =>
  /ICEBERG_COMMIT_ERROR|MERGE_TARGET_ROW_MULTIPLE_MATCHES/.test(reason);
