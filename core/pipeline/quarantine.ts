import type { Dataset } from '../contract/dataset.ts';
import { getFile } from '../ledger/files.ts';
import type { LedgerStore } from '../ledger/store.ts';
import type { Catalog } from '../ports.ts';
import { quarantineFolder } from './keys.ts';
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
 * dataset's owner. Repeated it does the same again. When the file has been staged from another validation, that one's
 * rows are the ones to show.
 */
export async function quarantineRows(
  ports: QuarantinePorts,
  dataset: Dataset,
  file: FileRef,
  validation: Validated,
): Promise<Quarantined> {
  const winner = (await getFile(ports.ledger, file.file_id))?.validated?.stage_id;
  if (winner !== undefined && winner !== validation.stage_id) return { rejected: 0, summary_key: null };
  const { counts, stage_id } = validation;
  await ports.catalog.registerQuarantine(dataset.name, file.file_id, counts.rejected > 0 ? stage_id : null);
  if (counts.rejected === 0) return { rejected: 0, summary_key: null };
  const reasons = await ports.reasons(validation.profile_key);
  const summary = {
    dataset: dataset.name,
    owner: dataset.owner,
    file: `s3://${file.bucket}/${file.key}`,
    file_id: file.file_id,
    version_id: file.version_id,
    stage_id,
    counts,
    reasons,
  };
  const key = `${quarantineFolder(dataset.name, stage_id)}/_summary.json`;
  await ports.writeJson(key, summary);
  await ports.notify(notice(dataset, file, validation, reasons));
  return { rejected: counts.rejected, summary_key: key };
}

function notice(dataset: Dataset, file: FileRef, { counts }: Validated, reasons: Record<string, number>): Notice {
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
