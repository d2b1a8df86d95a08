import { UnknownDatasetError } from '../errors.ts';

/**
 * The dataset that a landing key belongs to. Throws UnknownDatasetError for a key outside `landing/<dataset>/`, and for
 * a dataset without a contract.
 */
export function datasetOf(key: string, datasets: readonly string[]): string {
  const [folder, dataset, ...rest] = key.split('/');
  const known = `datasets with a contract: ${[...datasets].sort().join(', ')}`;
  if (folder !== 'landing' || dataset === undefined || rest.length === 0) {
    throw new UnknownDatasetError(`${JSON.stringify(key)} is not under landing/<dataset>/ (${known})`);
  }
  if (!datasets.includes(dataset)) {
    const fix = `drop it under landing/<dataset>/, or add schemas/${dataset}.odcs.yaml and deploy`;
    throw new UnknownDatasetError(
      `${JSON.stringify(key)}: there is no dataset ${JSON.stringify(dataset)} (${known}); ${fix}`,
    );
  }
  return dataset;
}

/** Beside the file in its folder of bronze: what it is a copy of. */
export const lineageName = '_lineage.json';

/**
 * A name without its folders, cut to its last 200 bytes, since S3 keys end at 1,024. Never that of the lineage, which
 * would take the file's place.
 */
export function baseName(key: string): string {
  const last = key.slice(key.lastIndexOf('/') + 1) || 'object';
  const name = last === lineageName ? `object${last}` : last;
  let cut = name;
  while (Buffer.byteLength(cut) > 200) cut = cut.slice(1);
  return cut.isWellFormed() ? cut : cut.slice(1);
}

export const bronzeFolder = (dataset: string, fileId: string, lastModified: string) =>
  `bronze/${dataset}/ingest_date=${lastModified.slice(0, 10)}/${fileId}`;

export const stagingFolder = (dataset: string, stageId: string) => `staging/${dataset}/stage_id=${stageId}`;
export const quarantineFolder = (dataset: string, stageId: string) => `quarantine/${dataset}/stage_id=${stageId}`;

/** The input that starts a run for a file, and re-runs it: the part of S3's event that a run uses. */
export function runInput(file: { bucket: string; key: string; version_id: string; etag: string; size: number }) {
  const { bucket, key, version_id, etag, size } = file;
  return { detail: { bucket: { name: bucket }, object: { key, size, etag, 'version-id': version_id } } };
}
