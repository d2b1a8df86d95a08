import { publishAlert } from '../aws/alerts.ts';
import { describeExecution, newestEvents } from '../aws/executions.ts';
import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { ServiceUnavailableError } from '../core/errors.ts';
import { ExecutionEnded, type FailedRunLedger, reportFailure } from '../core/incident/report.ts';
import { markFailed } from '../core/ledger/files.ts';
import { releaseLeaseOf, type WakePorts } from '../core/pipeline/wake.ts';

/** What the ledger does for a failed run; datasets without a contract have no table and no lease. */
export function failedRunLedger(wake: WakePorts, datasets: string[], marts: string[]): FailedRunLedger {
  const { ledger, clock } = wake;
  return {
    async markFileFailed(fileId, run, error) {
      await markFailed(ledger, clock, fileId, run, error);
    },
    releaseLeaseOf: async (run, dataset, wakeOthers) =>
      datasets.includes(dataset) ? releaseLeaseOf(wake, marts, dataset, run, wakeOthers) : undefined,
  };
}

async function describe(arn: string) {
  const run = await describeExecution(arn);
  if (run === undefined) throw new ServiceUnavailableError(`Step Functions does not know ${arn}`);
  return run;
}

const { config, datasets, marts, ledger, clock, wake } = pipelinePorts();
const martNames = marts.map((mart) => mart.name);

/** Pages once an incident, marks the file, frees the table. Repeated, it does what was not done the first time. */
export const handler = task(ExecutionEnded, ({ detail }) =>
  reportFailure(detail.executionArn, {
    stage: config.stage,
    store: ledger,
    clock,
    runs: { describe, newestEvents },
    publish: (alert) => publishAlert(config.alertTopicArn, alert),
    ledger: failedRunLedger(wake, Object.keys(datasets), martNames),
  }),
);
