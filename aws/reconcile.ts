import { isTable } from '../core/gold/mart.ts';
import { pageClaimed } from '../core/incident/page.ts';
import { newClaim } from '../core/incident/ports.ts';
import { noteFailure, type ReportPorts } from '../core/incident/report.ts';
import type { Key } from '../core/ledger/store.ts';
import type { SweepPorts } from '../core/reconcile/ports.ts';
import type { Config } from './config.ts';
import { describeExecution, startExecutionOnce } from './executions.ts';
import { listObjects, listVersions } from './listing.ts';
import { pipelinePorts } from './pipeline.ts';
import { reportPorts } from './report.ts';
import { exists, headVersion } from './s3.ts';

/** What a sweep works with, in a function as on the command line. */
export function sweepPorts(config?: Config): SweepPorts {
  const { config: stack, datasets, marts, wake } = pipelinePorts(config);
  const machine = stack.ingestStateMachine;
  return {
    ...wake,
    bucket: stack.landingBucket,
    datasets,
    marts: marts.filter(isTable).map((mart) => mart.name),
    landing: {
      versions: (prefix) => listVersions(stack.landingBucket, prefix),
      exists: async (version) => (await headVersion(version.bucket, version.key, version.version_id)) !== undefined,
    },
    lake: {
      objects: (prefix) => listObjects(stack.lakeBucket, prefix),
      exists: (key) => exists(stack.lakeBucket, key),
    },
    runs: {
      describe: describeExecution,
      arnOf: (name) => `${machine.replace(':stateMachine:', ':execution:')}:${name}`,
      startNamed: (input, name) => startExecutionOnce(machine, input, name),
    },
    failures: failures(reportPorts(stack).ports),
  };
}

/** Failures are counted as they are found, and paged for when all are: so a page tells how many they are. */
function failures(report: ReportPorts): SweepPorts['failures'] {
  const claim = newClaim(report, 'reconcile');
  const claimed = new Map<string, Key>();
  // The sweep wakes each table once, when all is counted.
  const ledger = {
    ...report.ledger,
    releaseLeaseOf: (run: string, dataset: string) => report.ledger.releaseLeaseOf(run, dataset, false),
  };
  return {
    async note(arn) {
      const { page, errors } = await noteFailure(arn, { ...report, ledger }, claim);
      if (page !== undefined) claimed.set(page.sk, page);
      if (errors.length > 0) throw new AggregateError(errors, `run ${arn} could not be reported: ${errors.join('; ')}`);
    },
    async page() {
      for (const [sk, key] of claimed) {
        await pageClaimed(report, key, claim);
        claimed.delete(sk);
      }
    },
  };
}
