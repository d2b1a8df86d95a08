import type { Dataset } from '../contract/dataset.ts';
import { InvalidInputError } from '../errors.ts';
import { stageFile } from '../ledger/table.ts';
import { type LeadPorts, leadTable } from '../merge/lead.ts';
import type { FileRef, Merged } from './payloads.ts';

/**
 * Stages the file, then leads the table or hands over to the run that does. Repeated at any point it goes on from what
 * the ledger says.
 */
export async function mergeRows(ports: LeadPorts, dataset: Dataset, file: FileRef, run: string): Promise<Merged> {
  const staged = await stageFile(ports.ledger, ports.clock, file.file_id);
  if (staged.dataset !== dataset.name) {
    throw new InvalidInputError(`file ${file.file_id} is of ${staged.dataset} in the ledger, not of ${dataset.name}`);
  }
  const led = await leadTable(ports, dataset, run, file.file_id);
  if (led.outcome === 'handed_over') {
    return { outcome: 'handed_over', leader_run: led.leader, batch_seq: null, files: 0, rows: 0 };
  }
  const { batch_seq, file_ids, rows } = led.batch;
  return { outcome: led.outcome, leader_run: run, batch_seq, files: file_ids.length, rows };
}
