import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { MaintainInput, maintainTables } from '../core/operation/maintain.ts';

const { maintain } = pipelinePorts();

/** Compacts tables and expires old snapshots. Repeated, it resumes the statement that the ledger names. */
export const handler = task(MaintainInput, ({ input, run }) => maintainTables(maintain, input.tables, run));
