import type { Dataset } from '../contract/dataset.ts';
import { getFile, isStaged } from '../ledger/files.ts';
import type { RowCounts } from '../ledger/items.ts';
import type { LedgerStore } from '../ledger/store.ts';
import type { Catalog } from '../ports.ts';
import { quarantineFolder, stagingFolder } from './keys.ts';
import type { FileRef, Quarantined, Validated } from './payloads.ts';

export interface QuarantinePorts {
  ledger: LedgerStore;
  catalog: Catalog;
  writeJson(key: string, value: unknown): Promise<void>;
  /** Rows rejected for each rule, from the file's profile. */
  reasons(profileKey: string): Promise<Record<string, number>>;
  /** Tells the dataset's owner. */
  notify(notice: Notice): Promise<void>;
}

export interface Notice {
  dataset: string;
  owner: string;
  /** At most 100 ASCII characters (SNS). */
  subject: string;
  message: string;
}

/**
 * Makes the rejected rows of a file visible in the quarantine table, writes their summary beside them and tells the
 * dataset's owner. Repeated it does the same again. When the file was validated twice, the rows shown are those of the
 * validation that it is merged from.
 */
export async function quarantineRows(
  ports: QuarantinePorts,
  dataset: Dataset,
  file: FileRef,
  validation: Validated,
): Promise<Quarantined> {
  const { stage_id, counts } = await winner(ports.ledger, file.file_id, validation);
  await ports.catalog.registerQuarantine(dataset.name, file.file_id, counts.rejected > 0 ? stage_id : null);
  if (counts.rejected === 0) return { rejected: 0, summary_key: null };
  const reasons = await ports.reasons(`${stagingFolder(dataset.name, stage_id)}/_profile.json`);
  const key = `${quarantineFolder(dataset.name, stage_id)}/_summary.json`;
  const { file_id, version_id } = file;
  const source = `s3://${file.bucket}/${file.key}`;
  const { name, owner } = dataset;
  await ports.writeJson(key, { dataset: name, owner, file: source, file_id, version_id, stage_id, counts, reasons });
  await ports.notify(notice(dataset, file, counts, reasons));
  return { rejected: counts.rejected, summary_key: key };
}

type Winner = Pick<Validated, 'stage_id' | 'counts'>;

async function winner(ledger: LedgerStore, fileId: string, validation: Validated): Promise<Winner> {
  const file = await getFile(ledger, fileId);
  if (file !== undefined && isStaged(file)) return { stage_id: file.stage_id!, counts: file.counts! };
  return file?.validated ?? validation;
}

function notice(dataset: Dataset, file: FileRef, counts: RowCounts, reasons: Record<string, number>): Notice {
  const lines = Object.entries(reasons)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, rows]) => `  ${rows} × ${reason}`);
  const message = [
    `${counts.rejected} of ${counts.in} rows of s3://${file.bucket}/${file.key} are in quarantine:`,
    ...lines,
    `Its other rows go on to silver.${dataset.name}. Each rejected row with its reasons:`,
    `  npx tributary quarantine ${dataset.name} --file ${file.file_id}`,
  ].join('\n');
  const subject = `${dataset.name}: ${counts.rejected} rows in quarantine`.slice(0, 100);
  return { dataset: dataset.name, owner: dataset.owner, subject, message };
}
