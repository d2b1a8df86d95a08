import { FileRejectedError, type UnknownDatasetError } from '../errors.ts';
import { takeAgain } from '../ledger/again.ts';
import { fileId } from '../ledger/file-id.ts';
import { claimFile, fileState, getFile, markRejected, updateFile } from '../ledger/files.ts';
import type { FileItem } from '../ledger/items.ts';
import type { Clock, LedgerStore } from '../ledger/store.ts';
import { batchOf } from '../ledger/table.ts';
import type { Catalog } from '../ports.ts';
import { baseName, bronzeFolder, datasetOf, lineageName } from './keys.ts';
import type { Identified, ObjectCreated } from './payloads.ts';

export interface ObjectVersion {
  bucket: string;
  key: string;
  version_id: string;
  etag: string;
  size: number;
  last_modified: string;
}

export interface Landing {
  /** One version of an object, the newest when `versionId` is left out; undefined when it is gone. */
  head(bucket: string, key: string, versionId?: string): Promise<ObjectVersion | undefined>;
  versionWithEtag(bucket: string, key: string, etag: string): Promise<string | undefined>;
}

/** What is in bronze is never written over: of two that write one key, the first has written it, and both go on. */
export interface Bronze {
  exists(key: string): Promise<boolean>;
  freeze(from: ObjectVersion, key: string): Promise<void>;
  writeJson(key: string, value: unknown): Promise<void>;
}

export interface IdentifyPorts {
  ledger: LedgerStore;
  clock: Clock;
  landing: Landing;
  bronze: Bronze;
  catalog: Pick<Catalog, 'registerQuarantine'>;
  /** Names of the datasets that have a contract. */
  datasets: string[];
}

/**
 * Finds the dataset and the exact version, claims the file in the ledger and freezes it as bronze with its lineage.
 * Repeated, it finds its work done. A file that is done or undone goes no further; one that is staged, or whose batch has
 * still to be ended, goes on to the merge, and so does one that was taken out when the run is to bring it back.
 * Throws UnknownDatasetError (recorded in the ledger) and FileRejectedError when the version is gone.
 */
export async function identifyFile(ports: IdentifyPorts, event: ObjectCreated, run: string): Promise<Identified> {
  const { bucket, object } = event.detail;
  const version = await resolveVersion(ports, bucket.name, object);
  if (version.key.endsWith('/') && version.size === 0) {
    return { next: 'not_a_file', reason: `${version.key} is a folder marker: an empty object whose key ends with /` };
  }
  const id = fileId(version.bucket, version.key, version.version_id);
  const dataset = datasetOrError(version.key, ports.datasets);
  const name = dataset instanceof Error ? 'unknown' : dataset;
  if (event.again !== undefined) await bringBack(ports, id, event.again);
  const claimed = await claimFile(ports.ledger, ports.clock, { ...version, file_id: id, dataset: name, run });
  if (dataset instanceof Error) {
    await markRejected(ports.ledger, ports.clock, id, dataset);
    throw dataset;
  }
  const bronzeKey = claimed.bronze_key ?? (await freeze(ports, version, dataset, id, run));
  const file = { ...version, file_id: id, dataset, bronze_key: bronzeKey };
  const { state } = await fileState(ports.ledger, claimed);
  const closed = state === 'done' && !(await inOpenBatch(ports.ledger, claimed));
  if (closed) return { next: 'already_ingested', ...file };
  if (state === 'undone') return { next: 'undone', ...file };
  const again = event.again !== undefined && state === 'received' && claimed.validated !== undefined;
  const settled = again || ['staged', 'merged', 'done'].includes(state) || claimed.verdict !== undefined;
  return { next: settled ? 'merge' : 'validate', ...file };
}

/** Its rejected rows, which went with it, are shown again. */
async function bringBack({ ledger, clock, catalog }: IdentifyPorts, id: string, undoneAt: string): Promise<void> {
  await takeAgain(ledger, clock, id, undoneAt, async ({ dataset, stage_id, counts }) => {
    if ((counts?.rejected ?? 0) > 0) await catalog.registerQuarantine(dataset, id, stage_id ?? null);
  });
}

/** The run that marked the file as done got no further: its batch has still to be ended. */
async function inOpenBatch(ledger: LedgerStore, { dataset, staged_seq }: FileItem): Promise<boolean> {
  if (staged_seq === undefined) return false;
  return (await batchOf(ledger, dataset, staged_seq))?.status === 'merged';
}

function datasetOrError(key: string, datasets: string[]): string | UnknownDatasetError {
  try {
    return datasetOf(key, datasets);
  } catch (error) {
    return error as UnknownDatasetError;
  }
}

/** AWS names the version in the event; where it does not, the version is the one whose etag the event names. */
async function resolveVersion(
  { landing, ledger }: IdentifyPorts,
  bucket: string,
  object: ObjectCreated['detail']['object'],
): Promise<ObjectVersion> {
  const named = object['version-id'];
  const versionId =
    named ?? (object.etag === undefined ? undefined : await landing.versionWithEtag(bucket, object.key, object.etag));
  const found = await landing.head(bucket, object.key, versionId);
  if (found === undefined && named !== undefined) {
    // Gone from landing, but frozen: bronze is what the run reads.
    const known = await getFile(ledger, fileId(bucket, object.key, named));
    if (known?.bronze_key !== undefined) return versionOf(known);
  }
  if (found === undefined || (named === undefined && object.etag !== undefined && found.etag !== object.etag)) {
    const which =
      named === undefined ? (object.etag === undefined ? '' : ` with etag ${object.etag}`) : ` version ${named}`;
    throw new FileRejectedError(`s3://${bucket}/${object.key}${which} does not exist any more; drop the file again`);
  }
  return found;
}

/** The version alone, of an item that says more. */
export const versionOf = ({ bucket, key, version_id, etag, size, last_modified }: ObjectVersion): ObjectVersion => ({
  bucket,
  key,
  version_id,
  etag,
  size,
  last_modified,
});

/** The lineage is written last: a bronze folder that has it is whole. */
async function freeze(
  { bronze, ledger, clock }: IdentifyPorts,
  version: ObjectVersion,
  dataset: string,
  id: string,
  run: string,
) {
  const folder = bronzeFolder(dataset, id, version.last_modified);
  const key = `${folder}/${baseName(version.key)}`;
  const lineage = `${folder}/${lineageName}`;
  if (!(await bronze.exists(lineage))) {
    await bronze.freeze(version, key);
    await bronze.writeJson(lineage, { file_id: id, dataset, ...version, run, frozen_at: clock.now().toISOString() });
  }
  await updateFile(ledger, clock, id, () => ({ bronze_key: key }));
  return key;
}
