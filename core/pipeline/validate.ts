import type { Dataset } from '../contract/dataset.ts';
import { FileRejectedError } from '../errors.ts';
import { beginValidation, getFile, isStaged, markRejected, updateFile } from '../ledger/files.ts';
import type { RowCounts, Staging } from '../ledger/items.ts';
import type { Clock, LedgerStore } from '../ledger/store.ts';
import { listedFields } from '../merge/evolve.ts';
import type { Catalog } from '../ports.ts';
import { refusedRecord } from '../quality/make-record.ts';
import type { RecordStore } from '../quality/ports.ts';
import { dayOf, type FileRecord } from '../quality/record.ts';
import { RowsRejectedError, type ValidationResult, warningsOf } from '../validation/result.ts';
import { quarantineFolder, stagingFolder } from './keys.ts';
import type { FileRef, Validated } from './payloads.ts';

export interface ValidatePorts {
  ledger: LedgerStore;
  clock: Clock;
  catalog: Catalog;
  validate(dataset: Dataset, stageId: string): Promise<ValidationResult>;
  upload(path: string, key: string): Promise<void>;
  records: Pick<RecordStore, 'write' | 'showDay' | 'refreshPages'>;
  /** Publishes the metrics of a file that was refused. */
  refused(record: FileRecord): void;
}

/** A queue entry lists this many partitions at most; a wider file's are read from its profile. */
const listedPartitions = 200;

/** A run's state lists this many warnings at most; its profile has them all. */
const listedWarnings = 20;

/**
 * Validates a file under a new stage id, puts what it left into the lake and records it in the ledger. A file that is
 * refused is recorded as rejected, its bad rows are made visible in quarantine, its record in the lake says why, and the
 * FileRejectedError goes on.
 */
export async function validateLanded(
  ports: ValidatePorts,
  dataset: Dataset,
  file: FileRef,
  run: string,
): Promise<Validated> {
  const { attempt, stageId } = await beginValidation(ports.ledger, ports.clock, file.file_id);
  let result: ValidationResult;
  try {
    result = await ports.validate(dataset, stageId);
  } catch (error) {
    if (error instanceof FileRejectedError) await refuse(ports, dataset, file, { run, stageId }, error);
    throw error;
  }
  const { validated, quarantine } = await upload(ports, dataset, stageId, result);
  await updateFile(ports.ledger, ports.clock, file.file_id, (item) => {
    // Once the file is staged, the validation that it was staged from is the one that counts.
    if (isStaged(item)) return undefined;
    // A redriven run that has now passed outdates its own refusal, but not that of a run that came after it.
    if (item.run === run) return { validated, status: 'received', error: undefined };
    return item.status === 'received' ? { validated } : undefined;
  });
  return {
    stage_id: stageId,
    attempt,
    counts: result.counts,
    staging_key: `${stagingFolder(dataset.name, stageId)}/part-0.parquet`,
    profile_key: validated.profile_key,
    quarantine_key: quarantine,
    quarantine: quarantine !== null || attempt > 1,
    warnings: warningsOf(result, dataset.gates).slice(0, listedWarnings),
  };
}

/** Puts what a validation accepted and rejected into the lake. */
export async function upload(
  ports: Pick<ValidatePorts, 'upload'>,
  dataset: Dataset,
  stageId: string,
  result: ValidationResult,
): Promise<{ validated: Staging; quarantine: string | null }> {
  const staging = stagingFolder(dataset.name, stageId);
  const quarantine = await uploadRejected(ports, dataset, stageId, result);
  await ports.upload(result.profilePath, `${staging}/_profile.json`);
  for (const [part, path] of result.acceptedPaths.entries()) {
    await ports.upload(path, `${staging}/part-${part}.parquet`);
  }
  const validated: Staging = {
    stage_id: stageId,
    counts: result.counts,
    rows: result.counts.accepted,
    bytes: result.bytes,
    partitions: result.partitions.length <= listedPartitions ? result.partitions : [],
    partition_count: result.partitions.length,
    unknown_fields: dataset.drift === 'evolve' ? listedFields(result.profile.unknown_columns) : undefined,
    profile_key: `${staging}/_profile.json`,
  };
  return { validated, quarantine };
}

async function uploadRejected(
  ports: Pick<ValidatePorts, 'upload'>,
  dataset: Dataset,
  stageId: string,
  { rejectedPath }: ValidationResult,
): Promise<string | null> {
  if (rejectedPath === undefined) return null;
  const key = `${quarantineFolder(dataset.name, stageId)}/part-0.parquet`;
  await ports.upload(rejectedPath, key);
  return key;
}

/** A file refused for its rows has its bad rows in `error.result`; one that can't be read has none. */
export async function uploadRefused(
  ports: Pick<ValidatePorts, 'upload'>,
  dataset: Dataset,
  stageId: string,
  error: FileRejectedError,
): Promise<{ counts?: RowCounts; rejected: string | null }> {
  if (!(error instanceof RowsRejectedError)) return { rejected: null };
  const rejected = await uploadRejected(ports, dataset, stageId, error.result);
  await ports.upload(error.result.profilePath, `${quarantineFolder(dataset.name, stageId)}/_profile.json`);
  return { counts: error.result.counts, rejected };
}

async function refuse(
  ports: ValidatePorts,
  dataset: Dataset,
  file: FileRef,
  { run, stageId }: { run: string; stageId: string },
  error: FileRejectedError,
): Promise<void> {
  const { counts, rejected } = await uploadRefused(ports, dataset, stageId, error);
  const stillOpen = async () => {
    const known = await getFile(ports.ledger, file.file_id);
    return known === undefined || isStaged(known) ? undefined : known;
  };
  if ((await stillOpen()) === undefined) return;
  await ports.catalog.registerQuarantine(dataset.name, file.file_id, rejected === null ? null : stageId);
  // That may have taken long: another validation, whose rows are in gold by now, keeps its record.
  const known = await stillOpen();
  if (known === undefined) return;
  const profile = error instanceof RowsRejectedError ? error.result.profile : undefined;
  const record = refusedRecord(dataset, known, { run, stageId, error, profile }, ports.clock.now().toISOString());
  // Before the ledger says so: a file that is known as refused has its record.
  await ports.records.write(record);
  await ports.records.showDay(dataset.name, dayOf(record));
  await markRejected(ports.ledger, ports.clock, file.file_id, error, counts);
  ports.refused(record);
  await ports.records.refreshPages(dataset.name, [dayOf(record)]);
}
