import type { Dataset } from '../contract/dataset.ts';
import type { FileItem } from '../ledger/items.ts';
import type { ReplayFile, ReplayItem } from '../operation/replay-items.ts';
import { quarantineFolder } from '../pipeline/keys.ts';
import { doneRecord, refusedRecord } from './make-record.ts';
import type { RecordStore } from './ports.ts';

/**
 * Writes what a replay has found of a file over its record, so that both speak of the rows that the table holds now. The
 * file is given as the ledger is about to have it. It is compared with no band: it is not one that has just come.
 */
export async function recordReplayed(
  records: RecordStore,
  dataset: Dataset,
  replay: Pick<ReplayItem, 'run' | 'batch_seq'>,
  file: FileItem,
  noted: ReplayFile,
  now: string,
): Promise<void> {
  const { run, batch_seq } = replay;
  if (noted.state === 'ready') {
    const profile = await records.profile(noted.staging!.profile_key);
    const finished = file.finished_at ?? now;
    // Nobody has looked for the orphans of a file that was not merged before, nor will.
    const { anomalies = [], orphans = dataset.references.length === 0 ? [] : null } = file;
    return records.write(doneRecord(dataset, file, { batch_seq }, profile, { anomalies, orphans }, finished));
  }
  const stageId = noted.quarantine_stage ?? `${file.file_id}-${file.attempts}`;
  const profile = await records.profile(`${quarantineFolder(dataset.name, stageId)}/_profile.json`);
  const [name = '', ...message] = (noted.error ?? '').split(': ');
  const error = { name, message: message.join(': ') };
  return records.write(refusedRecord(dataset, file, { run, stageId, error, profile }, now));
}
