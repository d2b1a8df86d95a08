import { publishMetrics } from '../aws/metrics.ts';
import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { contractOf } from '../core/pipeline/contract-of.ts';
import { LeadInput } from '../core/pipeline/payloads.ts';
import { publishBatch } from '../core/pipeline/publish.ts';

const ports = pipelinePorts();

/** Checks that no row is missing, publishes the batch's metrics, marks its files done, and plans on or lets go. */
export const handler = task(LeadInput, ({ file, run }) =>
  publishBatch({ ...ports.publish, publish: publishMetrics }, contractOf(ports.datasets, file.dataset), run),
);
