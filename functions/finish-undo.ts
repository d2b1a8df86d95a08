import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { finishUndo } from '../core/operation/undo.ts';
import { UndoFileInput } from '../core/operation/undo-item.ts';
import { contractOf } from '../core/pipeline/contract-of.ts';

const { undo, datasets } = pipelinePorts();

/** Gives the table back and wakes what waits for it. Repeated, it does the same again. */
export const handler = task(UndoFileInput, ({ file, run }) =>
  finishUndo(undo, contractOf(datasets, file.dataset), file.file_id, run),
);
