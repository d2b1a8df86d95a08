import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { rollbackTable } from '../core/operation/rollback.ts';
import { RollbackStep } from '../core/operation/rollback-item.ts';
import { contractOf } from '../core/pipeline/contract-of.ts';

const { undo, datasets } = pipelinePorts();

/** Waits for the table and brings it back to the snapshot. Repeated, it resumes the statement that the ledger names. */
export const handler = task(RollbackStep, ({ plan, run }) =>
  rollbackTable(undo, contractOf(datasets, plan.dataset), plan, run),
);
