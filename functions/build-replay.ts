import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { buildSilver } from '../core/operation/replay-build.ts';
import { ReplayStep } from '../core/operation/replay-items.ts';
import { hasSwapped, openReplay } from '../core/operation/replay-swap.ts';
import { contractOf } from '../core/pipeline/contract-of.ts';

const ports = pipelinePorts();

/** Brings the new silver table as far as the time allows. Repeated, it resumes the statement that the ledger names. */
export const handler = task(ReplayStep, async ({ id }) => {
  const item = await openReplay(ports.replay, id);
  if (await hasSwapped(ports.replay, item)) return { outcome: 'built', chunks: item.chunks };
  const deadline = ports.clock.now().getTime() + ports.replay.pollMilliseconds;
  const built = await buildSilver(ports.replay, contractOf(ports.datasets, item.dataset), item, deadline);
  return { outcome: built.outcome, chunks: built.item.chunks };
});
