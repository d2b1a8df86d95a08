import { z } from 'zod';
import { readConfig } from '../aws/config.ts';
import { putUnlessSame } from '../aws/landing.ts';
import { readDatasets } from '../aws/project-files.ts';
import { task } from '../aws/task.ts';
import { everydayFile } from '../core/generate/everyday.ts';

/** EventBridge's scheduled event; `time` is the time it was scheduled for, the same however often it is delivered. */
export const ScheduledEvent = z.looseObject({ time: z.iso.datetime({ offset: true }) });

const ROWS = 500;
const LATE_SHARE = 0.02;

const { orders } = readDatasets();

/** The file that belongs to a scheduled time: always the same key and the same content. */
export function scheduledOrders(time: string) {
  const at = new Date(time);
  const name = at.toISOString().replace('.000Z', 'Z');
  const seed = `scheduled ${name}`;
  const { text, expected } = everydayFile(orders!, { seed, rows: ROWS, at, format: 'csv', late: LATE_SHARE });
  return { key: `landing/orders/generated/${name}.csv`, csv: text, rows: expected.in, expected };
}

const { landingBucket } = readConfig();

/** Drops synthetic orders, some rows dirty on purpose. Repeated for the same time, it drops nothing. */
export const handler = task(ScheduledEvent, async ({ time }) => {
  const { key, csv, rows, expected } = scheduledOrders(time);
  const { put, versionId } = await putUnlessSame(landingBucket, key, csv, 'text/csv');
  return { key, version_id: versionId, dropped: put, rows, expected };
});
