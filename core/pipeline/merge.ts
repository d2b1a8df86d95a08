import type { Dataset } from '../contract/dataset.ts';
import { InvalidInputError } from '../errors.ts';
import { fileState, getFile, updateFile } from '../ledger/files.ts';
import { stageFile } from '../ledger/table.ts';
import { type LeadPorts, leadTable } from '../merge/lead.ts';
import type { FileRef, Merged } from './payloads.ts';

/**
 * Stages the file, then leads the table or hands over to the run that does. Repeated at any point it goes on from what
 * the ledger says.
 */
export async function mergeRows(ports: LeadPorts, dataset: Dataset, file: FileRef, run: string): Promise<Merged> {
  const known = await getFile(ports.ledger, file.file_id);
  if (known?.status !== 'staged' && known?.status !== 'done') {
    if (known?.validated === undefined) throw new InvalidInputError(`file ${file.file_id} has not been validated`);
    await stageFile(ports.ledger, ports.clock, file.file_id, known.validated);
  }
  try {
    const led = await leadTable(ports, dataset, run);
    const batch = led.outcome === 'handed_over' ? undefined : led.batch;
    return {
      outcome: led.outcome,
      leader_run: led.outcome === 'handed_over' ? led.leader : run,
      batch_seq: batch?.batch_seq ?? null,
      files: batch?.file_ids.length ?? 0,
      rows: batch?.rows ?? 0,
    };
  } catch (error) {
    await recordFailure(ports, file, error as Error);
    throw error;
  }
}

/** A batch that failed for good fails each of its files; runs that handed over to this one have ended already. */
async function recordFailure(ports: LeadPorts, file: FileRef, error: Error): Promise<void> {
  const known = await getFile(ports.ledger, file.file_id);
  if (known === undefined) return;
  const { state, batch } = await fileState(ports.ledger, known);
  if (state !== 'failed' || batch === undefined) return;
  const text = `${error.name}: ${error.message}`;
  await Promise.all(
    batch.file_ids.map((id) =>
      updateFile(ports.ledger, ports.clock, id, (item) =>
        item.status === 'staged' && item.staged_seq! <= batch.to_seq ? { status: 'failed', error: text } : undefined,
      ),
    ),
  );
}
