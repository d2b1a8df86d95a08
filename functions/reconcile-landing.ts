import { z } from 'zod';
import { readConfig } from '../aws/config.ts';
import { publishSweep } from '../aws/metrics.ts';
import { sweepPorts } from '../aws/reconcile.ts';
import { writeJson } from '../aws/s3.ts';
import { logger, task } from '../aws/task.ts';
import { standardOptions } from '../core/reconcile/ports.ts';
import { reconcile } from '../core/reconcile/sweep.ts';
import { countZones } from '../core/reconcile/zones.ts';

const config = readConfig();
const ports = sweepPorts(config);

/**
 * Holds landing and bronze against the ledger and sets right what it can; the report goes to the lake. Repeated, or run
 * twice at once, it starts nothing twice.
 */
export const handler = task(z.looseObject({}), async () => {
  const report = await reconcile(ports, standardOptions);
  // These are only counted: that they can not be is told, and keeps nothing else from being told.
  const counted = await countZones(ports.lake).catch((error) => void report.errors.push(`zones: ${error}`));
  Object.assign(report.zones, counted);
  const key = `reports/reconcile/${report.at}.json`;
  await writeJson(config.lakeBucket, key, report);
  publishSweep(report);
  if (report.errors.length > 0) logger.warn('files could not be looked up', { errors: report.errors });
  const { sentence, files, accounted_for, classes, stale } = report;
  return { report: key, sentence, files, accounted_for, classes, stale };
});
