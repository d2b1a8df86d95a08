import { LeaseLostError, OperationRefusedError } from '../errors.ts';
import { type Clock, type LedgerStore, RevisionConflict, type Stored, withRetries } from '../ledger/store.ts';
import { type OperationItem, operationKey } from './item.ts';

/** The operation that a dataset is in the middle of: undo, rollback and replay take turns, whole. */
export interface CurrentItem extends Stored {
  /** `operation#dataset#<dataset>` */
  pk: string;
  sk: 'current';
  id: string;
  kind: string;
  run: string;
  /** It has begun to change what readers see: nothing else may come before its end. */
  must_finish?: boolean;
}

const currentKey = (dataset: string) => ({ pk: `operation#dataset#${dataset}`, sk: 'current' as const });

export interface CurrentPorts {
  ledger: LedgerStore;
  clock: Clock;
  /** Whether an execution of a state machine is still going on. */
  isRunning(run: string): Promise<boolean>;
}

export async function currentOperation(ledger: LedgerStore, dataset: string): Promise<CurrentItem | undefined> {
  const { pk, sk } = currentKey(dataset);
  return ledger.get<CurrentItem>(pk, sk);
}

/**
 * Makes an operation the only one of its dataset, or changes the run that is at it. One whose run has ended makes way,
 * unless it must finish. Repeated, it finds its own claim. Throws OperationRefusedError while the run of another goes on,
 * and for one that must finish first.
 */
export async function claimDataset(
  ports: CurrentPorts,
  dataset: string,
  claim: Pick<CurrentItem, 'id' | 'kind' | 'run'>,
): Promise<void> {
  await withRetries(ports.clock, async () => {
    const known = await currentOperation(ports.ledger, dataset);
    if (known?.id === claim.id && known.run === claim.run) return;
    if (known !== undefined && known.run !== claim.run && (await ports.isRunning(known.run))) {
      throw new OperationRefusedError(
        `a ${known.kind} of ${dataset} is under way (${known.run}): wait for its end, or stop it, then start again`,
      );
    }
    if (known?.must_finish && known.id !== claim.id) {
      throw new OperationRefusedError(
        `a ${known.kind} of ${dataset} (${known.run}) ended before it was through: start it again with its own input first`,
      );
    }
    await ports.ledger.write([{ ...known, ...currentKey(dataset), rev: known?.rev ?? 0, ...claim } as CurrentItem]);
  });
}

/** From here on the operation has to come to its end before any other. Throws OperationRefusedError if it has made way. */
export async function mustFinish(ports: Omit<CurrentPorts, 'isRunning'>, dataset: string, id: string): Promise<void> {
  await withRetries(ports.clock, async () => {
    const known = await currentOperation(ports.ledger, dataset);
    if (known?.id !== id) throw madeWay(dataset, known);
    if (!known.must_finish) await ports.ledger.write([{ ...known, must_finish: true } as CurrentItem]);
  });
}

/** The operation has changed nothing after all: another may come before its end. */
export async function needNotFinish(
  ports: Omit<CurrentPorts, 'isRunning'>,
  dataset: string,
  id: string,
): Promise<void> {
  await withRetries(ports.clock, async () => {
    const known = await currentOperation(ports.ledger, dataset);
    if (known?.id === id && known.must_finish)
      await ports.ledger.write([{ ...known, must_finish: false } as CurrentItem]);
  });
}

/** Throws OperationRefusedError when the operation has made way for another, as one does whose run was stopped. */
export async function stillCurrent(ledger: LedgerStore, dataset: string, id: string): Promise<void> {
  const known = await currentOperation(ledger, dataset);
  if (known?.id !== id) throw madeWay(dataset, known);
}

const madeWay = (dataset: string, now: CurrentItem | undefined) =>
  new OperationRefusedError(
    `${now === undefined ? 'the operation' : `a ${now.kind} (${now.run})`} has come to ${dataset} in between: start a new one`,
  );

/** Ends an operation and makes room for the next, in one step. */
export async function endOperation<Item extends OperationItem>(
  { ledger, clock }: Omit<CurrentPorts, 'isRunning'>,
  item: Item,
): Promise<void> {
  const known = await currentOperation(ledger, item.dataset);
  const mine = known !== undefined && item.pk === operationKey(known.id).pk ? [known] : [];
  try {
    await ledger.write([{ ...item, status: 'done', updated_at: clock.now().toISOString() } as Item], mine);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
    throw new LeaseLostError(`another invocation works on ${item.pk}`, { cause: error });
  }
}

/** Makes room for the next operation, unless another has taken it already. */
export async function releaseDataset(ports: Omit<CurrentPorts, 'isRunning'>, dataset: string, id: string) {
  await withRetries(ports.clock, async () => {
    const known = await currentOperation(ports.ledger, dataset);
    if (known?.id === id) await ports.ledger.write([], [known]);
  });
}
