import type { Dataset } from '../contract/dataset.ts';
import { FileRejectedError } from '../errors.ts';
import { beginValidation } from '../ledger/files.ts';
import { withRetries } from '../ledger/store.ts';
import type { FileRef } from '../pipeline/payloads.ts';
import { upload, uploadRefused, type ValidatePorts } from '../pipeline/validate.ts';
import type { ValidationResult } from '../validation/result.ts';
import { type ReplayFile, replayFileKey, type TodoItem, todoKey } from './replay-items.ts';

export type Revalidated = { file_id: string; outcome: 'ready' | 'refused' };

type Found = Pick<ReplayFile, 'state' | 'staging' | 'error' | 'counts' | 'quarantine_stage'>;

/**
 * Validates a file for a replay, under a new stage id. What comes of it is kept with the replay, not with the file, which
 * stays what readers see of it; so is that it is refused, which ends no run. Repeated, it keeps the first result.
 */
export async function validateForReplay(
  ports: Omit<ValidatePorts, 'catalog' | 'records' | 'refused'>,
  dataset: Dataset,
  file: FileRef,
  replay: string,
): Promise<Revalidated> {
  const { stageId } = await beginValidation(ports.ledger, ports.clock, file.file_id);
  const found = await examine(ports, dataset, stageId);
  return withRetries(ports.clock, async () => {
    const key = replayFileKey(replay, file.file_id);
    const todo = todoKey(replay, file.file_id);
    const noted = await ports.ledger.get<ReplayFile>(key.pk, key.sk);
    const waits = await ports.ledger.get<TodoItem>(todo.pk, todo.sk);
    if (noted === undefined) throw new Error(`the replay ${replay} has no file ${file.file_id}`);
    if (noted.state !== 'waits') return { file_id: file.file_id, outcome: noted.state };
    await ports.ledger.write([{ ...noted, ...found } as ReplayFile], waits === undefined ? [] : [waits]);
    return { file_id: file.file_id, outcome: found.state as Revalidated['outcome'] };
  });
}

async function examine(
  ports: Omit<ValidatePorts, 'catalog' | 'records' | 'refused'>,
  dataset: Dataset,
  stageId: string,
): Promise<Found> {
  let result: ValidationResult;
  try {
    result = await ports.validate(dataset, stageId);
  } catch (error) {
    if (!(error instanceof FileRejectedError)) throw error;
    const { counts, rejected } = await uploadRefused(ports, dataset, stageId, error);
    const quarantine_stage = rejected === null ? undefined : stageId;
    return { state: 'refused', error: `${error.name}: ${error.message}`, counts, quarantine_stage, staging: undefined };
  }
  const { validated, quarantine } = await upload(ports, dataset, stageId, result);
  const quarantine_stage = quarantine === null ? undefined : stageId;
  return { state: 'ready', staging: validated, quarantine_stage, error: undefined, counts: undefined };
}
