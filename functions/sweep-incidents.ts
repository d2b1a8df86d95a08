import { z } from 'zod';
import { hasSucceededSince, runsEndedBadly } from '../aws/executions.ts';
import { reportPorts } from '../aws/report.ts';
import { task } from '../aws/task.ts';
import { sweepIncidents } from '../core/incident/sweep.ts';

const { config, ports } = reportPorts();
const machines = ['ingest', 'undo', 'rollback', 'replay', 'maintain'].map((name) =>
  config.ingestStateMachine.replace(/-ingest$/, `-${name}`),
);

/** A schedule says nothing; a person who invokes it may want what has just failed, too. */
const SweepEvent = z.looseObject({
  /** An event that has not come after this is taken for lost: it may be late. */
  late_seconds: z.number().min(0).default(300),
});

/** Reports the failed runs that no event told of, and ends what is over. Repeated, or run beside itself, it pages no twice. */
export const handler = task(SweepEvent, ({ late_seconds }) =>
  sweepIncidents(
    { ...ports, endedBadly: (since) => runsEndedBadly(machines, since), hasSucceededSince },
    late_seconds * 1000,
  ),
);
