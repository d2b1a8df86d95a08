import type { Dataset } from '../contract/dataset.ts';
import { OperationRefusedError } from '../errors.ts';
import { getTable } from '../ledger/table.ts';
import { plainType } from '../merge/ensure.ts';
import type { LeadPorts } from '../merge/lead.ts';
import { silverColumns } from '../merge/tables.ts';
import type { WakePorts } from '../pipeline/wake.ts';
import type { RecordStore } from '../quality/ports.ts';
import { type CurrentPorts, claimDataset, currentOperation } from './current.ts';
import { getOperation, newOperation, writeOperation } from './item.ts';
import type { Pointers } from './pointers.ts';
import { idOf, type ReplayInput, type ReplayItem, replayId } from './replay-items.ts';

export interface ReplayPorts extends LeadPorts, WakePorts, CurrentPorts {
  pointers: Pointers;
  records: RecordStore;
  /** Starts an execution that goes on with this input, with the same name only once; its ARN, if it runs now. */
  startReplay(input: string, name: string): Promise<string | undefined>;
}

/**
 * The replay that a run is at. An execution that goes on finds its own; a new one begins anew, whatever an earlier one has
 * built, since contract and code may have changed in between; but what readers see already is brought to its end. Throws
 * OperationRefusedError when another operation is under way, or with this range and contract it could not be done.
 */
export async function beginReplay(
  ports: ReplayPorts,
  dataset: Dataset,
  input: ReplayInput,
  run: string,
): Promise<ReplayItem> {
  const { ledger, clock } = ports;
  const known = await currentOperation(ledger, dataset.name);
  const earlier = known?.kind === 'replay' ? await getOperation<ReplayItem>(ledger, known.id) : undefined;
  const own =
    known?.run === run || earlier?.handed_on === run || (earlier !== undefined && input.continues === known?.id);
  if (earlier !== undefined && (own || known?.must_finish)) {
    if (!own) refuseOtherRange(earlier, input);
    return takeOver(ports, earlier, run);
  }
  const id = known?.run === run ? known.id : replayId(run, clock.now());
  const ended = await getOperation<ReplayItem>(ledger, id);
  if (ended?.status === 'done') return ended;
  await refuseMixedTypes(ports, dataset, input);
  await claimDataset(ports, dataset.name, { id, kind: 'replay', run });
  if (earlier?.status === 'running') await forgetBuild(ports, earlier);
  const table = await getTable(ledger, dataset.name);
  const item: ReplayItem = {
    ...newOperation(clock, id, { kind: 'replay', dataset: dataset.name, run }),
    kind: 'replay',
    range: { from: input.from, to: input.to },
    allow_refused: input.allow_refused,
    table: `${dataset.name}__replay_${id}`,
    batch_seq: table.batch_seq + 1,
    removed_seq: table.removed_seq ?? 0,
    phase: 'list',
    list_after: '',
    cursor: 0,
    chunks: 0,
    built: 0,
    planned: false,
    pages: 0,
  };
  return writeOperation(ports, item);
}

/** Goes on with a replay; one that was handed on does not wait for the run that did. */
async function takeOver(ports: ReplayPorts, item: ReplayItem, run: string): Promise<ReplayItem> {
  if (item.run === run || item.handed_on === run) return item;
  const isRunning = async (other: string) => item.handed_on !== other && ports.isRunning(other);
  await claimDataset({ ...ports, isRunning }, item.dataset, { id: idOf(item), kind: 'replay', run });
  return writeOperation(ports, { ...item, run, pages: 0 });
}

/** Takes away the names of a table that will not be finished. */
export async function forgetBuild({ pointers, databases }: ReplayPorts, item: ReplayItem): Promise<void> {
  await pointers.forget(databases.silver, item.table);
  await pointers.forget(databases.staging, item.table);
}

function refuseOtherRange({ range, allow_refused, run, dataset }: ReplayItem, input: ReplayInput): void {
  if (range.from === input.from && range.to === input.to && allow_refused === input.allow_refused) return;
  const own = JSON.stringify({ dataset, ...range, allow_refused });
  throw new OperationRefusedError(
    `a replay of ${dataset} (${run}) ended after its table had become the one that readers see, but before gold and the ` +
      `ledger had followed: bring it to its end first, with its own input: ${own}`,
  );
}

/** Files outside the range stay as they were staged, with the types that the table has now. */
async function refuseMixedTypes(ports: ReplayPorts, dataset: Dataset, { from, to }: ReplayInput): Promise<void> {
  if (from === undefined && to === undefined) return;
  const known = (await ports.catalog.columns(ports.databases.silver, dataset.name)) ?? [];
  for (const { name, type } of silverColumns(dataset)) {
    const now = known.find((column) => column.name === name);
    if (now === undefined || plainType(now.type) === plainType(type)) continue;
    throw new OperationRefusedError(
      `column ${name} of silver.${dataset.name} is ${now.type}, its contract says ${type}: files outside the range were ` +
        `staged as ${now.type} and cannot be read as ${type}. Replay the whole dataset, without from and to`,
    );
  }
}
