import type { Dataset } from '../contract/dataset.ts';
import { RowConservationError } from '../errors.ts';
import { getFile, updateFile } from '../ledger/files.ts';
import type { BatchItem, FileItem, Orphans, RowCounts } from '../ledger/items.ts';
import { batchEnded, getTable, notePages, release, renew, takePages, withPages, writeBatch } from '../ledger/table.ts';
import { mergedBatch } from '../merge/lead.ts';
import { conservationQuery } from '../merge/statements.ts';
import { rejectedPercent } from '../quality/make-record.ts';
import { dayOf } from '../quality/record.ts';
import { anomalyNotice, type Recorded, type RecordPorts, recordBatch } from '../quality/record-batch.ts';
import { runQuery } from '../run-query.ts';
import { countOrphans, type OrphanPorts } from '../silver/orphans.ts';
import type { Published } from './payloads.ts';
import type { Notice } from './quarantine.ts';
import { type WakePorts, wakeNext } from './wake.ts';

export interface BatchMetrics {
  dataset: string;
  files: number;
  counts: RowCounts;
  /** Share of rejected rows of the worst file, 0–100. */
  rejectedPercent: number;
  /** Of the checks of all rows against all rules those that were passed, 0–100; undefined when there was none. */
  rulePassPercent: number | undefined;
  /** Files unlike those of their dataset before them. */
  anomalousFiles: number;
  /**
   * Rows whose parent is not there, by what becomes of them; a row with two missing parents counts for each. Null when
   * they were not counted, undefined for a dataset that refers to nothing.
   */
  orphans: Record<'flag' | 'hold', number> | null | undefined;
  perFile: {
    bytes: number;
    rows: number;
    /** From the start of its run; undefined for one that was claimed before this was kept. */
    runSeconds: number | undefined;
    /** From its LastModified; undefined for one that had been taken out of the lake in between. */
    dropToGoldSeconds: number | undefined;
  }[];
  bytesScanned: number;
  mergeSeconds: number;
}

export interface PublishPorts extends OrphanPorts, WakePorts, RecordPorts {
  publish(metrics: BatchMetrics): void;
  /** Tells the dataset's owner. The files are in the lake: a failure is not to hold up the next. */
  notify(notice: Notice): Promise<void>;
  /** Told which files of a dataset are done: incidents that were waiting for them are over. */
  filesDone(dataset: string, files: FileItem[]): Promise<void>;
}

/** Batches that one run leads before it hands on: an execution's history ends at 25,000 events. */
export const maxBatchesLed = 50;

/** Days that wait in the table's item for their pages. */
const mostDaysKept = 500;

/** After so long, in milliseconds, a call makes no further page: well below the function's timeout, and that of a lease. */
const pagesEnd = 120_000;

/**
 * Checks that no row of the merged batch is missing from silver, writes the record of each file, publishes the batch's
 * metrics, marks its files done, and gives the lease back; `more` when files were staged meanwhile. Repeated after a crash
 * it publishes again what it had not recorded as done, and writes the same records. Throws RowConservationError.
 */
export async function publishBatch(ports: PublishPorts, dataset: Dataset, run: string): Promise<Published> {
  const deadline = ports.clock.now().getTime() + pagesEnd;
  const open = await mergedBatch(ports, dataset.name, run);
  let published: Pick<Published, 'files' | 'counts'> = { files: 0, counts: sum([]) };
  if (open !== undefined) {
    const files = await filesOf(ports, open.batch);
    const [orphans] = await Promise.all([
      orphansOf(ports, dataset, open.batch, files),
      checkConservation(ports, dataset, open.batch, files),
    ]);
    // The count may have taken long: who has lost the lease meanwhile writes nothing over what the next holder wrote.
    await renew(ports.ledger, ports.clock, dataset.name, run, open.lease.token);
    const recorded = await recordBatch(ports, dataset, open.batch, files, orphans);
    const metrics = measure(dataset, open.batch, recorded);
    ports.publish(metrics);
    await Promise.all(recorded.map((one) => endFile(ports, dataset, open.batch, one)));
    await ports.filesDone(dataset.name, files);
    const days = files.map(dayOf);
    await writeBatch(ports.ledger, ports.clock, open.lease, { ...open.batch, status: 'done' }, (table) => ({
      ...batchEnded(table),
      ...withPages(table, days),
    }));
    published = { files: files.length, counts: metrics.counts };
  }
  const outcome = await next(ports, dataset.name, run);
  // Once the table is free for others, of all batches that were led: only a great many days do not wait for that.
  const days = await takePages(ports.ledger, ports.clock, dataset.name, outcome === 'done' ? 1 : mostDaysKept);
  const left = days.length === 0 ? [] : await refreshPages(ports, dataset.name, days, deadline);
  return { outcome, pages_left: left.length > 0, ...published };
}

/** What there is no time for waits with the table: the next call of this run makes it, or of any other of the dataset. */
async function refreshPages(ports: PublishPorts, dataset: string, days: string[], deadline: number): Promise<string[]> {
  const { ledger, clock, records } = ports;
  const left = await records.refreshPages(dataset, days, () => clock.now().getTime() < deadline);
  if (left.length > 0) await notePages(ledger, clock, dataset, left);
  return left;
}

/** Files that are done have what was counted then. */
async function orphansOf(ports: PublishPorts, dataset: Dataset, batch: BatchItem, files: FileItem[]) {
  const open = files.some(({ status }) => status !== 'done');
  return open ? countOrphans(ports, dataset, batch.batch_seq) : new Map<string, Orphans[]>();
}

/** Marks a file done, and tells the owner if it is unusual, once unless this call dies in between. */
async function endFile(ports: PublishPorts, dataset: Dataset, batch: BatchItem, recorded: Recorded): Promise<void> {
  const { file, finished_at, anomalies, orphans } = recorded;
  let ended = false;
  await updateFile(ports.ledger, ports.clock, file.file_id, ({ status, staged_seq }) => {
    // One that has been taken out since, while this call stood still and another run ended the batch, stays out.
    ended = status === 'staged' && staged_seq! <= batch.to_seq;
    return ended ? { status: 'done', error: undefined, finished_at, anomalies, orphans } : undefined;
  });
  if (ended && anomalies.length > 0) await ports.notify(anomalyNotice(dataset, file, anomalies));
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

function measure(dataset: Dataset, batch: BatchItem, recorded: Recorded[]): BatchMetrics {
  const files = recorded.map(({ file }) => file);
  const checks = recorded.reduce((all, one) => all + one.checks, 0);
  const broken = recorded.reduce((all, one) => all + one.broken, 0);
  return {
    dataset: dataset.name,
    files: files.length,
    counts: sum(files.map((file) => file.counts!)),
    rejectedPercent: Math.max(...files.map(({ counts }) => rejectedPercent(counts!))),
    rulePassPercent: checks === 0 ? undefined : (100 * (checks - broken)) / checks,
    anomalousFiles: recorded.filter(({ anomalies }) => anomalies.length > 0).length,
    orphans: dataset.references.length === 0 ? undefined : sumOrphans(recorded),
    perFile: recorded.map(({ file, run_seconds, drop_to_gold_seconds }) => ({
      bytes: file.size,
      rows: file.counts!.in,
      runSeconds: run_seconds ?? undefined,
      dropToGoldSeconds: drop_to_gold_seconds ?? undefined,
    })),
    bytesScanned: batch.bytes_scanned,
    mergeSeconds: (Date.parse(batch.merged_at ?? batch.planned_at) - Date.parse(batch.planned_at)) / 1000,
  };
}

function sumOrphans(recorded: Recorded[]): BatchMetrics['orphans'] {
  if (recorded.some(({ orphans }) => orphans === null)) return null;
  const total = { flag: 0, hold: 0 };
  for (const { on_orphan, rows } of recorded.flatMap(({ orphans }) => orphans ?? [])) total[on_orphan] += rows;
  return total;
}
