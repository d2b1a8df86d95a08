import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { finishRollback } from '../core/operation/rollback.ts';
import { RollbackStep } from '../core/operation/rollback-item.ts';

const { undo } = pipelinePorts();

/** Gives the table back and wakes what waits for it. Repeated, it does the same again. */
export const handler = task(RollbackStep, ({ plan, run }) => finishRollback(undo, plan, run));
