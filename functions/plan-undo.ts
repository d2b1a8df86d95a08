import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { PlanUndoInput } from '../core/operation/undo-item.ts';
import { planUndo } from '../core/operation/undo-plan.ts';

const { undo, datasets } = pipelinePorts();

/** Finds the file that is to be undone, and in a dry run what that would change. Repeated, it goes on. */
export const handler = task(PlanUndoInput, ({ input, run }) => planUndo(undo, datasets, input, run));
