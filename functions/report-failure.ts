import { reportPorts } from '../aws/report.ts';
import { task } from '../aws/task.ts';
import { ExecutionEnded, reportFailure } from '../core/incident/report.ts';

const { ports } = reportPorts();

/** Counts the run in its incident, marks the file, frees the table, and pages for the first. Repeated, it does what is left. */
export const handler = task(ExecutionEnded, ({ detail }) => reportFailure(detail.executionArn, ports));
