import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { BatchMetrics } from '../core/pipeline/publish.ts';
import type { SweepReport } from '../core/reconcile/report.ts';

/**
 * Publishes a batch's metrics in CloudWatch's embedded metric format, through the function's log. Dimensions: service,
 * stage, dataset. Namespace and service come from the POWERTOOLS_ variables.
 */
export function publishMetrics(batch: BatchMetrics): void {
  const metrics = new Metrics();
  metrics.addDimensions({ stage: process.env.STAGE ?? '', dataset: batch.dataset });
  const count = (name: string, value: number) => metrics.addMetric(name, MetricUnit.Count, value);
  count('RowsIn', batch.counts.in);
  count('RowsAccepted', batch.counts.accepted);
  count('RowsRejected', batch.counts.rejected);
  count('RowsDuplicate', batch.counts.duplicate);
  count('RowsSuperseded', batch.counts.superseded);
  count('FilesIngested', batch.files);
  metrics.addMetric('RejectedPercent', MetricUnit.Percent, batch.rejectedPercent);
  metrics.addMetric('BytesScanned', MetricUnit.Bytes, batch.bytesScanned);
  metrics.addMetric('MergeSeconds', MetricUnit.Seconds, batch.mergeSeconds);
  // EMF holds at most 100 values a metric; the slowest files tell most.
  const slowest = [...batch.dropToGoldSeconds].sort((a, b) => b - a).slice(0, 100);
  for (const seconds of slowest) metrics.addMetric('DropToGoldSeconds', MetricUnit.Seconds, seconds);
  metrics.publishStoredMetrics();
}

/** Publishes what a sweep found, in the same way; dimensions: service, stage. */
export function publishSweep(report: SweepReport): void {
  const metrics = new Metrics();
  metrics.addDimensions({ stage: process.env.STAGE ?? '' });
  const count = (name: string, value: number) => metrics.addMetric(name, MetricUnit.Count, value);
  count('LandedFiles', report.files);
  count('AccountedFor', report.accounted_for);
  count('UnaccountedFiles', report.files - report.accounted_for);
  count('MissedFiles', report.missed.count);
  count('StuckFiles', report.stuck.count);
  metrics.publishStoredMetrics();
}
