import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { refreshReplayed, settleFiles } from '../core/operation/replay-finish.ts';
import { ReplayStep } from '../core/operation/replay-items.ts';
import { openReplay } from '../core/operation/replay-swap.ts';
import { contractOf } from '../core/pipeline/contract-of.ts';

const ports = pipelinePorts();

/** Rebuilds gold from the new table, then brings the files' items up to date. Repeated, it goes on with what is left. */
export const handler = task(ReplayStep, async ({ id, run }) => {
  const item = await openReplay(ports.replay, id);
  const gold = { ...ports.gold, ...ports.replay };
  if ((await refreshReplayed(gold, item, run)) === 'running') return { outcome: 'running' };
  const deadline = ports.clock.now().getTime() + ports.replay.pollMilliseconds;
  const dataset = contractOf(ports.datasets, item.dataset);
  const result = await settleFiles(ports.replay, dataset, await openReplay(ports.replay, id), deadline);
  return result === 'more' ? { outcome: 'more' } : { outcome: 'done', ...result };
});
