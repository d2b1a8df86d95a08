import { z } from 'zod';
import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { ReplayInput } from '../core/operation/replay-items.ts';
import { planReplay } from '../core/operation/replay-plan.ts';
import { contractOf } from '../core/pipeline/contract-of.ts';

const ports = pipelinePorts();

/** Begins a replay or goes on with it: notes the files it is about, and names the next that are validated anew. */
export const handler = task(z.object({ input: ReplayInput, run: z.string() }), ({ input, run }) =>
  planReplay(ports.replay, contractOf(ports.datasets, input.dataset), input, run),
);
