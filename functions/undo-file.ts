import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { undoFile } from '../core/operation/undo.ts';
import { UndoFileInput } from '../core/operation/undo-item.ts';
import { contractOf } from '../core/pipeline/contract-of.ts';

const { undo, datasets } = pipelinePorts();

/** Waits for the table and takes the file out of silver. Repeated, it resumes the statement that the ledger names. */
export const handler = task(UndoFileInput, ({ file, run }) =>
  undoFile(undo, contractOf(datasets, file.dataset), file.file_id, run),
);
