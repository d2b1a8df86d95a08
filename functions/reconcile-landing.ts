import { z } from 'zod';
import { readConfig } from '../aws/config.ts';
import { publishSweep, publishZones } from '../aws/metrics.ts';
import { sweepPorts } from '../aws/reconcile.ts';
import { writeJson } from '../aws/s3.ts';
import { logger, task } from '../aws/task.ts';
import { standardOptions } from '../core/reconcile/ports.ts';
import type { SweepReport } from '../core/reconcile/report.ts';
import { reconcile } from '../core/reconcile/sweep.ts';
import { tellSweep } from '../core/reconcile/tell.ts';

const config = readConfig();
const ports = sweepPorts(config);

/** Of the function's 15 minutes; the rest is for the last report. */
const countingEnds = 14 * 60_000;

/**
 * Holds landing and bronze against the ledger and sets right what it can; the report goes to the lake. Repeated, or run
 * twice at once, it starts nothing twice.
 */
export const handler = task(z.looseObject({}), async () => {
  const deadline = ports.clock.now().getTime() + countingEnds;
  const found = await reconcile(ports, standardOptions);
  // No dataset has such a name: reports about a dataset are under its own.
  const key = `reports/_reconcile/${found.at}.json`;
  const write = (told: SweepReport) => writeJson(config.lakeBucket, key, told);
  const report = await tellSweep(ports, { publish: publishSweep, publishZones, write }, found, deadline);
  if (report.errors.length > 0) logger.warn('files could not be looked up', { errors: report.errors });
  const { sentence, files, accounted_for, classes, stale } = report;
  return { report: key, sentence, files, accounted_for, classes, stale };
});
