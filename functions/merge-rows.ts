import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { contractOf } from '../core/pipeline/contract-of.ts';
import { mergeRows } from '../core/pipeline/merge.ts';
import { LeadInput } from '../core/pipeline/payloads.ts';

const ports = pipelinePorts();

/** Stages the file, then joins a leader or leads. Repeated, it resumes the batch and the query that the ledger names. */
export const handler = task(LeadInput, ({ file, run }) =>
  mergeRows(ports.lead, contractOf(ports.datasets, file.dataset), file, run),
);
