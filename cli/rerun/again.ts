import { type Execution, redriveExecution, startExecution } from '../../aws/executions.ts';
import { FailedError } from '../exit.ts';

/**
 * Continues a run where it failed if the service can, else starts one with the same input, and returns its ARN. Throws
 * FailedError when the input is not kept any more.
 */
export async function runAgain(old: Execution, always: 'new' | undefined): Promise<string> {
  if (old.redrivable && always !== 'new') {
    await redriveExecution(old.arn);
    return old.arn;
  }
  if (old.input === undefined) throw new FailedError(`the input of ${old.name} is not kept any more`);
  return startExecution(old.machineArn, old.input);
}
