import type { Dataset } from '../../../core/contract/dataset.ts';
import type { GoldPorts } from '../../../core/gold/refresh.ts';
import type { ReplayPorts } from '../../../core/operation/replay-begin.ts';
import { buildSilver } from '../../../core/operation/replay-build.ts';
import { type ReplayResult, refreshReplayed, settleFiles } from '../../../core/operation/replay-finish.ts';
import type { ReplayInput } from '../../../core/operation/replay-items.ts';
import { planReplay } from '../../../core/operation/replay-plan.ts';
import { hasSwapped, openReplay, swapSilver } from '../../../core/operation/replay-swap.ts';
import type { FileRef } from '../../../core/pipeline/payloads.ts';

export interface Doing {
  ports: ReplayPorts;
  gold: GoldPorts;
  dataset: Dataset;
  /** What ValidateFile does. */
  validate(file: FileRef, replay: string): Promise<unknown>;
  /** Called once, when the new table is built and before it is shown. */
  between?(): Promise<void>;
}

/** The states of the machine `replay`, one after the other, in this process. */
export async function replayStates(doing: Doing, input: Partial<ReplayInput>, run: string): Promise<ReplayResult> {
  const { ports, dataset } = doing;
  const deadline = () => ports.clock.now().getTime() + ports.pollMilliseconds;
  let met = false;
  for (let round = 0; ; round++) {
    if (round === 50) throw new Error('the replay does not come to an end');
    const planned = await planReplay(ports, dataset, { allow_refused: false, ...input, dataset: dataset.name }, run);
    for (const file of planned.files) await doing.validate(file, planned.id);
    if (planned.outcome === 'handed_on') throw new Error('this many files need the machine');
    if (planned.outcome !== 'ready') continue;
    const open = () => openReplay(ports, planned.id);
    let item = await open();
    if (!(await hasSwapped(ports, item))) {
      if ((await buildSilver(ports, dataset, item, deadline())).outcome !== 'built') continue;
      if (!met) await doing.between?.();
      met = true;
      item = await open();
    }
    if ((await swapSilver(ports, dataset, item, run)) !== 'swapped') continue;
    while ((await refreshReplayed({ ...doing.gold, ...ports }, await open(), run)) === 'running');
    for (;;) {
      const result = await settleFiles(ports, dataset, await open(), deadline());
      if (result !== 'more') return result;
    }
  }
}
