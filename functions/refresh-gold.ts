import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { refreshMarts } from '../core/gold/refresh.ts';
import { mergedBatch } from '../core/merge/lead.ts';
import { type GoldRefreshed, RefreshGoldInput } from '../core/pipeline/payloads.ts';

const ports = pipelinePorts();

/** Brings every mart that reads the dataset up to date. Repeated, it finds them so, or resumes the statement under way. */
export const handler = task(RefreshGoldInput, async ({ file, run }): Promise<GoldRefreshed> => {
  await mergedBatch(ports.gold, file.dataset, run);
  return refreshMarts(ports.gold, file.dataset, run);
});
