import { readMachine } from '../../statemachines/interpreter.ts';
import type { FaultPlan } from '../execution/faults.ts';

/** A fault that does not pass, in each state and of each service, and what it must end the run with. */
export interface Persistent {
  state: string;
  plan: Omit<FaultPlan, 'seed'>;
  error: string;
}

const always = (state: string, operation: string, fault: NonNullable<FaultPlan['always']>['fault']) => ({
  state,
  plan: { always: { state, operation, fault } },
});

export const persistent: Persistent[] = [
  { ...always('IdentifyFile', 'CopyObject', 'S3 SlowDown'), error: 'ThrottledError' },
  { ...always('ValidateFile', 'TransactWriteItems', 'DynamoDB ThrottlingError'), error: 'ThrottledError' },
  { ...always('QuarantineRows', 'CreatePartition', 'Glue ThrottlingException'), error: 'ThrottledError' },
  { ...always('MergeRows', 'StartQueryExecution', 'Athena TooManyRequestsException'), error: 'ThrottledError' },
  { ...always('RefreshGold', 'GetQueryExecution', 'connection refused'), error: 'ServiceUnavailableError' },
  {
    state: 'PublishMetrics',
    plan: { refuse: { state: 'PublishMetrics' } },
    error: 'Lambda.TooManyRequestsException',
  },
];

const { States } = readMachine('statemachines/ingest.asl.json');

/** Attempts that the definition grants to an error: the first, and its retries. */
export function budgetOf({ state, error }: Persistent): number {
  const retrier = States[state]!.Retry!.find(({ ErrorEquals }) => ErrorEquals.includes(error))!;
  return retrier.MaxAttempts + 1;
}
