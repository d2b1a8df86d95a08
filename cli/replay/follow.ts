import { getOperation } from '../../core/operation/item.ts';
import type { ReplayResult } from '../../core/operation/replay-finish.ts';
import type { ReplayItem } from '../../core/operation/replay-items.ts';
import type { ReplayPlanned } from '../../core/operation/replay-plan.ts';
import type { Session } from '../context.ts';
import { FailedError } from '../exit.ts';
import { followOperation } from '../undo/follow.ts';

interface Output {
  plan: ReplayPlanned;
  result?: ReplayResult;
}

/** Follows a replay to its end, through every execution that it is handed on to. Throws FailedError with the cause. */
export async function followReplay(
  session: Session,
  arn: string,
  label: string,
  timeout: number,
): Promise<{ run: string; result: ReplayResult }> {
  const deadline = session.clock.now().getTime() + timeout;
  for (let run = arn; ; ) {
    const left = Math.max(0, deadline - session.clock.now().getTime());
    const { plan, result } = await followOperation<Output>(session, run, label, left);
    if (result !== undefined) return { run, result };
    const item = await getOperation<ReplayItem>(await session.ledger(), plan.id);
    const next = plan.run ?? item?.run;
    if (next === undefined || next === run) throw new FailedError(`${label}: ${run} was handed on to no other run`);
    run = next;
  }
}
