import type { Dataset } from '../contract/dataset.ts';
import { OperationRefusedError } from '../errors.ts';
import type { TableItem } from '../ledger/items.ts';
import { renew } from '../ledger/table.ts';
import type { Lease } from '../merge/lead.ts';
import { limits } from '../merge/plan.ts';
import { identity } from '../merge/tables.ts';
import { endTurn, wakeStaged } from '../pipeline/wake.ts';
import { mustFinish, stillCurrent } from './current.ts';
import { getOperation, writeOperation } from './item.ts';
import type { GlueTable } from './pointers.ts';
import { forgetBuild, type ReplayPorts } from './replay-begin.ts';
import { buildSilver } from './replay-build.ts';
import { beforeName, idOf, type ReplayItem } from './replay-items.ts';
import { followBatches } from './replay-list.ts';
import { commitSwap, takeReplayTurn } from './replay-turn.ts';

/** The replay as the ledger has it; throws OperationRefusedError when it has made way for another operation. */
export async function openReplay(ports: ReplayPorts, id: string): Promise<ReplayItem> {
  const item = await getOperation<ReplayItem>(ports.ledger, id);
  if (item === undefined) throw new OperationRefusedError(`the ledger has no replay ${id}: start a new one`);
  if (item.status === 'running') await stillCurrent(ports.ledger, item.dataset, id);
  return item;
}

/**
 * Puts the new table in the place of the old one, in one step for everybody who reads it, once it holds all that the old
 * one does: under the table's turn, so that nothing is merged in between. `behind`: more was merged meanwhile than should
 * keep the others waiting. Repeated, it finds out how far it came; what has been swapped is never swapped back.
 */
export async function swapSilver(
  ports: ReplayPorts,
  dataset: Dataset,
  given: ReplayItem,
  run: string,
): Promise<'waiting' | 'running' | 'behind' | 'swapped'> {
  if (given.phase === 'gold' || given.phase === 'settle') {
    // An earlier call may have got no further than that.
    await endTurn(ports, dataset.name, run);
    return 'swapped';
  }
  const turn = await takeReplayTurn(ports, dataset.name, run);
  if (!('lease' in turn)) return 'waiting';
  if (!(await hasSwapped(ports, given))) {
    const ready = await catchUp(ports, dataset, given, turn.table);
    if (ready.outcome === 'behind') await endTurn(ports, dataset.name, run);
    if (ready.outcome !== 'built') return ready.outcome;
    await repoint(ports, dataset, turn.lease, ready.item);
  }
  await finishSwap(ports, dataset, turn.lease, idOf(given));
  // What waited since it did not fit the old table goes in now, also when its own run has failed of that.
  if ((await endTurn(ports, dataset.name, run)) === undefined) await wakeStaged(ports, dataset.name);
  return 'swapped';
}

const live = (ports: ReplayPorts, dataset: string) => ports.pointers.find(ports.databases.silver, dataset);

/** Whether readers see the new table: what it holds is settled then. */
export async function hasSwapped(ports: ReplayPorts, { phase, swap, dataset }: ReplayItem): Promise<boolean> {
  if (phase === 'gold' || phase === 'settle') return true;
  return swap !== undefined && (await live(ports, dataset))?.location === swap.location;
}

/** With the table's turn in hand: what was merged since is merged into the new table as well. */
async function catchUp(ports: ReplayPorts, dataset: Dataset, given: ReplayItem, table: TableItem) {
  if ((table.removed_seq ?? 0) > given.removed_seq) {
    throw new OperationRefusedError(
      `rows of silver.${dataset.name} were removed while the replay was under way, and would come back: start a new one`,
    );
  }
  const deadline = ports.clock.now().getTime() + ports.pollMilliseconds;
  const { item, more } = await followBatches(ports, given, limits.files, deadline);
  if (more) return { outcome: 'behind' as const, item };
  return buildSilver(ports, dataset, item, deadline);
}

/** From here on there is no way back: the intent, with the table as it was, is in the ledger before the step. */
async function repoint(ports: ReplayPorts, dataset: Dataset, lease: Lease, given: ReplayItem): Promise<void> {
  const { pointers, databases, catalog, ledger, clock } = ports;
  const before = await live(ports, dataset.name);
  const next = await pointers.find(databases.silver, given.table);
  if (before === undefined) throw new OperationRefusedError(`there is no table silver.${dataset.name} to replace`);
  if (next === undefined || (await catalog.currentSnapshot(databases.silver, given.table)) === null) {
    throw new OperationRefusedError(
      `no file of ${dataset.name} is left to build silver.${dataset.name} from; nothing has been changed`,
    );
  }
  // If the turn has expired meanwhile, others may have merged what the new table does not hold.
  await renew(ledger, clock, lease.name, lease.run, lease.token);
  await mustFinish(ports, dataset.name, idOf(given));
  await writeOperation(ports, { ...given, phase: 'swap', swap: { before, location: next.location } });
  await pointers.repoint(databases.silver, dataset.name, before, next);
}

async function finishSwap(ports: ReplayPorts, dataset: Dataset, lease: Lease, id: string): Promise<void> {
  const { pointers, databases, catalog, ledger } = ports;
  const item = (await getOperation<ReplayItem>(ledger, id))!;
  const snapshot = await catalog.currentSnapshot(databases.silver, dataset.name);
  const columns = (await catalog.columns(databases.silver, dataset.name)) ?? [];
  const seq = await commitSwap(ports, lease, {
    snapshot_id: snapshot!,
    columns: columns.map(({ name }) => name),
    identity: identity(dataset),
  });
  await pointers.register(databases.silver, beforeName(item), item.swap!.before as GlueTable);
  await forgetBuild(ports, item);
  await writeOperation(ports, { ...item, phase: 'gold', committed_seq: seq });
}
