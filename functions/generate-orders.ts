import { z } from 'zod';
import { readConfig } from '../aws/config.ts';
import { putUnlessSame } from '../aws/landing.ts';
import { task } from '../aws/task.ts';
import { generateOrders } from '../core/generate/orders.ts';

/** EventBridge's scheduled event; `time` is the time it was scheduled for, the same however often it is delivered. */
export const ScheduledEvent = z.looseObject({ time: z.iso.datetime({ offset: true }) });

const ROWS = 500;
/** Five of seven kinds of dirt are rejected: two in a hundred, below what the contract takes for an alarm. */
const DIRTY_SHARE = 0.03;

/** The file that belongs to a scheduled time: always the same key and the same content. */
export function scheduledOrders(time: string) {
  const at = new Date(time);
  const name = at.toISOString().replace('.000Z', 'Z');
  const { csv, rows, expected } = generateOrders({
    seed: `scheduled ${name}`,
    rows: ROWS,
    dirtyShare: DIRTY_SHARE,
    at,
  });
  return { key: `landing/orders/generated/${name}.csv`, csv, rows, expected };
}

const { landingBucket } = readConfig();

/** Drops synthetic orders, some rows dirty on purpose. Repeated for the same time, it drops nothing. */
export const handler = task(ScheduledEvent, async ({ time }) => {
  const { key, csv, rows, expected } = scheduledOrders(time);
  const { put, versionId } = await putUnlessSame(landingBucket, key, csv, 'text/csv');
  return { key, version_id: versionId, dropped: put, rows, expected };
});
