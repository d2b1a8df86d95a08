import type { Dataset } from '../contract/dataset.ts';
import { RowConservationError } from '../errors.ts';
import { getFile, updateFile } from '../ledger/files.ts';
import type { BatchItem, FileItem, RowCounts } from '../ledger/items.ts';
import { batchEnded, getTable, release, writeBatch } from '../ledger/table.ts';
import type { Lake } from '../merge/ensure.ts';
import { mergedBatch } from '../merge/lead.ts';
import { conservationQuery } from '../merge/statements.ts';
import { runQuery } from '../run-query.ts';
import type { Published } from './payloads.ts';
import { type WakePorts, wakeNext } from './wake.ts';

export interface BatchMetrics {
  dataset: string;
  files: number;
  counts: RowCounts;
  /** Share of rejected rows of the worst file, 0–100. */
  rejectedPercent: number;
  /** Seconds from each file's LastModified to now. */
  dropToGoldSeconds: number[];
  bytesScanned: number;
  mergeSeconds: number;
}

export interface PublishPorts extends Lake, WakePorts {
  publish(metrics: BatchMetrics): void;
  /** Told which files of a dataset are done: incidents that were waiting for them are over. */
  filesDone(dataset: string, files: FileItem[]): Promise<void>;
}

/** Batches that one run leads before it hands on: an execution's history ends at 25,000 events. */
export const maxBatchesLed = 50;

/**
 * Checks that no row of the merged batch is missing from silver, publishes its metrics, marks its files done, and gives
 * the lease back; `more` when files were staged meanwhile. Repeated after a crash it publishes again what it had not
 * recorded as done. Throws RowConservationError.
 */
export async function publishBatch(ports: PublishPorts, dataset: Dataset, run: string): Promise<Published> {
  const open = await mergedBatch(ports, dataset.name, run);
  let published: Omit<Published, 'outcome'> = { files: 0, counts: sum([]) };
  if (open !== undefined) {
    const files = await filesOf(ports, open.batch);
    await checkConservation(ports, dataset, open.batch, files);
    const metrics = measure(ports, dataset.name, open.batch, files);
    ports.publish(metrics);
    await Promise.all(
      files.map((file) =>
        // One that has been taken out since, while this call stood still and another run ended the batch, stays out.
        updateFile(ports.ledger, ports.clock, file.file_id, ({ status, staged_seq }) =>
          status === 'staged' && staged_seq! <= open.batch.to_seq ? { status: 'done', error: undefined } : undefined,
        ),
      ),
    );
    await ports.filesDone(dataset.name, files);
    await writeBatch(ports.ledger, ports.clock, open.lease, { ...open.batch, status: 'done' }, batchEnded);
    published = { files: files.length, counts: metrics.counts };
  }
  return { outcome: await next(ports, dataset.name, run), ...published };
}

/** Gives the lease back, or goes on to the files that were staged meanwhile; after many batches another run does. */
async function next(ports: PublishPorts, dataset: string, run: string): Promise<'more' | 'done'> {
  const { ledger, clock } = ports;
  if (!(await release(ledger, clock, dataset, run))) {
    if ((await getTable(ledger, dataset)).led < maxBatchesLed) return 'more';
    await release(ledger, clock, dataset, run, true);
  }
  // Also when an earlier call gave the lease back and got no further.
  await wakeNext(ports, dataset);
  return 'done';
}

async function filesOf(ports: PublishPorts, batch: BatchItem): Promise<FileItem[]> {
  const files = await Promise.all(batch.file_ids.map((id) => getFile(ports.ledger, id)));
  const lost = batch.file_ids.filter((_, index) => files[index]?.counts === undefined);
  if (lost.length > 0) throw new RowConservationError(`the ledger has no row counts of files ${lost.join(', ')}`);
  return files as FileItem[];
}

function sum(counts: RowCounts[]): RowCounts {
  const total = (field: keyof RowCounts) => counts.reduce((all, one) => all + one[field], 0);
  return {
    in: total('in'),
    accepted: total('accepted'),
    rejected: total('rejected'),
    duplicate: total('duplicate'),
    superseded: total('superseded'),
  };
}

/** Rows in = accepted + rejected + duplicate + superseded; rows accepted = rows staged; each of them is in silver. */
async function checkConservation(
  ports: PublishPorts,
  dataset: Dataset,
  batch: BatchItem,
  files: FileItem[],
): Promise<void> {
  const where = `${dataset.name}, batch ${batch.batch_seq} (files ${batch.file_ids.slice(0, 5).join(', ')}${batch.file_ids.length > 5 ? ', …' : ''})`;
  for (const { file_id, counts } of files) {
    const { in: rows, accepted, rejected, duplicate, superseded } = counts!;
    if (rows !== accepted + rejected + duplicate + superseded) {
      throw new RowConservationError(`file ${file_id}: ${rows} rows in, but ${JSON.stringify(counts)}`);
    }
  }
  const accepted = sum(files.map((file) => file.counts!)).accepted;
  if (accepted === 0) return;
  const sql = conservationQuery(ports.files, dataset, ports.databases, batch.stage_ids);
  const { queryId } = await runQuery(ports.athena, ports.clock, `counting what silver.${dataset.name} holds`, sql);
  const [row] = await ports.athena.rows(queryId);
  const [staged, missing] = (row ?? []).map(Number);
  if (staged !== accepted || missing !== 0) {
    throw new RowConservationError(
      `${where}: ${accepted} rows accepted, ${staged} staged, ${missing} of them missing from silver`,
    );
  }
}

function measure(ports: PublishPorts, dataset: string, batch: BatchItem, files: FileItem[]): BatchMetrics {
  const counts = sum(files.map((file) => file.counts!));
  const now = ports.clock.now().getTime();
  return {
    dataset,
    files: files.length,
    counts,
    rejectedPercent: Math.max(...files.map(({ counts }) => (100 * counts!.rejected) / Math.max(1, counts!.in))),
    dropToGoldSeconds: files.map((file) => Math.max(0, (now - Date.parse(file.last_modified)) / 1000)),
    bytesScanned: batch.bytes_scanned,
    mergeSeconds: (Date.parse(batch.merged_at ?? batch.planned_at) - Date.parse(batch.planned_at)) / 1000,
  };
}
