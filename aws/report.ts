import { ServiceUnavailableError } from '../core/errors.ts';
import { releaseMart } from '../core/gold/lease.ts';
import type { FailedRunLedger, ReportPorts } from '../core/incident/report.ts';
import { markFailed } from '../core/ledger/files.ts';
import { getTable } from '../core/ledger/table.ts';
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

/**
 * What the ledger does for a failed run. One that is not about a dataset, such as maintenance, may hold any table;
 * datasets without a contract have no table and no lease.
 */
export function failedRunLedger(wake: WakePorts, datasets: string[], marts: string[]): FailedRunLedger {
  const { ledger, clock } = wake;
  return {
    async markFileFailed(fileId, run, error) {
      await markFailed(ledger, clock, fileId, run, error);
    },
    async releaseLeaseOf(run, dataset, wakeOthers) {
      if (datasets.includes(dataset)) return releaseLeaseOf(wake, marts, dataset, run, wakeOthers);
      for (const mart of marts) await releaseMart(wake, mart, run);
      const tables = await Promise.all(datasets.map((name) => getTable(ledger, name)));
      const held = datasets.filter((_, index) => [tables[index]!.owner, tables[index]!.turn?.run].includes(run));
      const woken: (string | undefined)[] = [];
      for (const name of held) woken.push(await releaseLeaseOf(wake, marts, name, run, wakeOthers));
      return woken.find((arn) => arn !== undefined);
    },
  };
}

async function describe(arn: string) {
  const run = await describeExecution(arn);
  if (run === undefined) throw new ServiceUnavailableError(`Step Functions does not know ${arn}`);
  return run;
}
