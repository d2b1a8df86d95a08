import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { ReplayStep } from '../core/operation/replay-items.ts';
import { openReplay, swapSilver } from '../core/operation/replay-swap.ts';
import { contractOf } from '../core/pipeline/contract-of.ts';

const ports = pipelinePorts();

/** Shows the new table in the place of the old one, under the table's turn. Repeated, it finds out how far it came. */
export const handler = task(ReplayStep, async ({ id, run }) => {
  const item = await openReplay(ports.replay, id);
  return { outcome: await swapSilver(ports.replay, contractOf(ports.datasets, item.dataset), item, run) };
});
