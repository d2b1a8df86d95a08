import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { BatchMetrics } from '../core/pipeline/publish.ts';
import type { FileRecord } from '../core/quality/record.ts';
import type { SweepReport } from '../core/reconcile/report.ts';

/** EMF holds at most 100 values a metric; at the hundredth the library publishes by itself and forgets the dimensions. */
const valuesAtOnce = 99;

/**
 * Publishes a batch's metrics in CloudWatch's embedded metric format, through the function's log. Dimensions: service,
 * stage, dataset. Namespace and service come from the POWERTOOLS_ variables.
 */
export function publishMetrics(batch: BatchMetrics): void {
  const metrics = ofDataset(batch.dataset);
  const count = (name: string, value: number) => metrics.addMetric(name, MetricUnit.Count, value);
  count('RowsIn', batch.counts.in);
  count('RowsAccepted', batch.counts.accepted);
  count('RowsRejected', batch.counts.rejected);
  count('RowsDuplicate', batch.counts.duplicate);
  count('RowsSuperseded', batch.counts.superseded);
  ended(metrics, batch.files, 0);
  count('AnomalousFiles', batch.anomalousFiles);
  if (batch.orphans !== undefined) {
    count('OrphansNotCounted', batch.orphans === null ? 1 : 0);
    if (batch.orphans !== null) {
      count('FlaggedOrphans', batch.orphans.flag);
      count('HeldRows', batch.orphans.hold);
    }
  }
  metrics.addMetric('RejectedPercent', MetricUnit.Percent, batch.rejectedPercent);
  if (batch.rulePassPercent !== undefined) {
    metrics.addMetric('RulePassPercent', MetricUnit.Percent, batch.rulePassPercent);
  }
  metrics.addMetric('BytesScanned', MetricUnit.Bytes, batch.bytesScanned);
  metrics.addMetric('MergeSeconds', MetricUnit.Seconds, batch.mergeSeconds);
  metrics.publishStoredMetrics();
  for (let start = 0; start < batch.perFile.length; start += valuesAtOnce) {
    publishFiles(batch.dataset, batch.perFile.slice(start, start + valuesAtOnce));
  }
}

function publishFiles(dataset: string, files: BatchMetrics['perFile']): void {
  const metrics = ofDataset(dataset);
  for (const { bytes, rows, runSeconds, dropToGoldSeconds } of files) {
    metrics.addMetric('FileBytes', MetricUnit.Bytes, bytes);
    metrics.addMetric('RowsPerFile', MetricUnit.Count, rows);
    if (dropToGoldSeconds !== undefined) {
      metrics.addMetric('DropToGoldSeconds', MetricUnit.Seconds, dropToGoldSeconds);
    }
    if (runSeconds !== undefined) metrics.addMetric('RunSeconds', MetricUnit.Seconds, runSeconds);
  }
  metrics.publishStoredMetrics();
}

/** Publishes that a file was refused, with what was measured of it. */
export function publishRefused(record: FileRecord): void {
  const metrics = ofDataset(record.dataset);
  ended(metrics, 0, 1);
  metrics.addMetric('FileBytes', MetricUnit.Bytes, record.size);
  if (record.rows_in !== null) metrics.addMetric('RowsPerFile', MetricUnit.Count, record.rows_in);
  metrics.publishStoredMetrics();
}

/** Publishes that a report page could not be written: by dataset, and for all of them, which one alarm is on. */
export function publishUnwrittenReport(dataset: string): void {
  for (const metrics of [ofDataset(dataset), ofStage()]) {
    metrics.addMetric('ReportsNotWritten', MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  }
}

/** Both always, so that a rate can be made of them where one is 0. */
function ended(metrics: Metrics, ingested: number, rejected: number): void {
  metrics.addMetric('FilesIngested', MetricUnit.Count, ingested);
  metrics.addMetric('FilesRejected', MetricUnit.Count, rejected);
}

function ofDataset(dataset: string): Metrics {
  const metrics = new Metrics();
  metrics.addDimensions({ stage: process.env.STAGE ?? '', dataset });
  return metrics;
}

function ofStage(): Metrics {
  const metrics = new Metrics();
  metrics.addDimensions({ stage: process.env.STAGE ?? '' });
  return metrics;
}

/** Publishes what a sweep found, in the same way; dimensions: service, stage, and of the sizes of zones also zone. */
export function publishSweep(report: SweepReport): void {
  const metrics = ofStage();
  const count = (name: string, value: number) => metrics.addMetric(name, MetricUnit.Count, value);
  count('LandedFiles', report.files);
  count('AccountedFor', report.accounted_for);
  count('UnaccountedFiles', report.files - report.accounted_for);
  count('MissedFiles', report.missed.count);
  count('StuckFiles', report.stuck.count);
  metrics.publishStoredMetrics();
  publishZones(report.zones);
}

/** Publishes how large zones are. */
export function publishZones(zones: SweepReport['zones']): void {
  for (const [zone, { objects, bytes }] of Object.entries(zones)) {
    const sizes = new Metrics();
    sizes.addDimensions({ stage: process.env.STAGE ?? '', zone });
    sizes.addMetric('ObjectCount', MetricUnit.Count, objects);
    sizes.addMetric('ObjectBytes', MetricUnit.Bytes, bytes);
    sizes.publishStoredMetrics();
  }
}
