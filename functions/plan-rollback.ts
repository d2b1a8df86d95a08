import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { PlanRollbackInput } from '../core/operation/rollback-item.ts';
import { planRollback } from '../core/operation/rollback-plan.ts';

const { undo, datasets } = pipelinePorts();

/** Finds the snapshot that a table is to be brought back to, and in a dry run what that would change. Repeated, it goes on. */
export const handler = task(PlanRollbackInput, ({ input, run }) => planRollback(undo, datasets, input, run));
