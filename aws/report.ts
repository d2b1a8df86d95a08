import { ServiceUnavailableError } from '../core/errors.ts';
import type { FailedRunLedger, ReportPorts } from '../core/incident/report.ts';
import { markFailed } from '../core/ledger/files.ts';
import { releaseLeaseOf, type WakePorts } from '../core/pipeline/wake.ts';
import type { Config } from './config.ts';
import { describeExecution, newestEvents } from './executions.ts';
import { pipelinePorts } from './pipeline.ts';

/** What it takes to report failed runs. */
export function reportPorts(given?: Config): { config: Config; ports: ReportPorts } {
  const { config, datasets, marts, alerts, wake } = pipelinePorts(given);
  const names = marts.map((mart) => mart.name);
  const ledger = failedRunLedger(wake, Object.keys(datasets), names);
  return { config, ports: { ...alerts, ledger, runs: { describe, newestEvents } } };
}

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
