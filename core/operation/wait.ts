import { OperationRefusedError } from '../errors.ts';
import type { Time } from '../ledger/items.ts';
import { endTurn, type WakePorts, wakeNext } from '../pipeline/wake.ts';
import { type OperationItem, writeOperation } from './item.ts';

/** How long an operation waits for its table, in milliseconds. */
const longestWait = 3_600_000;

/**
 * Says whom the operation waits for. After an hour throws OperationRefusedError, that it can not be done now; `again` is
 * what to do then, like "undo again".
 */
export async function waitForTable(
  ports: WakePorts,
  item: OperationItem & { waiting_since?: Time },
  leader: string | undefined,
  again: string,
): Promise<{ outcome: 'waiting'; waits_for: string | undefined }> {
  const { clock } = ports;
  const since = item.waiting_since ?? clock.now().toISOString();
  if (clock.now().getTime() - Date.parse(since) > longestWait) {
    // A run that is continued waits anew.
    await writeOperation(ports, { ...item, waiting_since: undefined });
    await endTurn(ports, item.dataset, item.run);
    const who = leader === undefined ? 'files of an open batch whose runs have all failed' : `the run ${leader}`;
    throw new OperationRefusedError(
      `silver.${item.dataset} was not free for an hour: it waits for ${who}. ` +
        `\`tributary leases\` shows who has it; re-run what has failed, then ${again}`,
    );
  }
  if (item.waiting_since === undefined) await writeOperation(ports, { ...item, waiting_since: since });
  // A batch that nobody leads any more is in the way.
  if (leader === undefined) await wakeNext(ports, item.dataset, item.run);
  return { outcome: 'waiting', waits_for: leader };
}
