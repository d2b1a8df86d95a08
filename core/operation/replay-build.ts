import type { Dataset } from '../contract/dataset.ts';
import { LeaseLostError, OperationRefusedError, QueryRejectedError, RowConservationError } from '../errors.ts';
import type { StagedItem } from '../ledger/items.ts';
import { RevisionConflict } from '../ledger/store.ts';
import { contentOf } from '../merge/batch-content.ts';
import { ensureSilver, fitSilver } from '../merge/ensure.ts';
import { limits, planBatch } from '../merge/plan.ts';
import { conservationQuery, mergeStatement } from '../merge/statements.ts';
import { stagingColumns } from '../merge/tables.ts';
import { runQuery } from '../run-query.ts';
import { getOperation, writeOperation } from './item.ts';
import type { ReplayPorts } from './replay-begin.ts';
import {
  chunkKey,
  idOf,
  type ReplayChunk,
  type ReplayFile,
  type ReplayItem,
  rebuilt,
  replayFileKey,
  todoKey,
} from './replay-items.ts';
import { runStatement, type StatementOutcome } from './statement.ts';

export interface Built {
  /** behind: files are still to be validated. */
  outcome: 'running' | 'behind' | 'built';
  item: ReplayItem;
}

/**
 * Brings the new table as far as the time allows: every file that is accounted for, in chunks with the limits of a batch,
 * by the same MERGE that brought it into the old one. After each chunk its rows are counted. Repeated, it goes on with the
 * statement that the ledger names. Throws OperationRefusedError for a file that was merged and is now refused.
 */
export async function buildSilver(
  ports: ReplayPorts,
  dataset: Dataset,
  given: ReplayItem,
  deadline: number,
): Promise<Built> {
  let item = given;
  if (!item.planned) {
    const planned = await planChunks(ports, dataset, item);
    if (planned === 'behind') return { outcome: 'behind', item };
    item = planned;
  }
  if (item.built < item.chunks) {
    await ensureSilver(ports, dataset);
    await ensureSilver(ports, rebuilt(dataset, item));
    await ports.catalog.ensureStagingTable(item.table, stagingColumns(dataset), dataset.name);
  }
  while (item.built < item.chunks) {
    if (ports.clock.now().getTime() >= deadline) return { outcome: 'running', item };
    const merged = await mergeChunk(ports, dataset, item, deadline);
    item = merged.item;
    if (merged.outcome === 'running') return { outcome: 'running', item };
  }
  return { outcome: 'built', item };
}

/** Puts the files that are in no chunk yet into chunks, in the order of their partitions. */
async function planChunks(ports: ReplayPorts, dataset: Dataset, item: ReplayItem): Promise<ReplayItem | 'behind'> {
  const { ledger } = ports;
  const files = await ledger.query<ReplayFile>(item.pk, { from: 'file#', to: 'file#~' });
  if (files.some(({ state }) => state === 'waits')) return 'behind';
  await refuseLoss(ports, dataset, item, files);
  const chunks = await ledger.query<ReplayChunk>(item.pk, { from: 'chunk#', to: 'chunk#~' });
  const planned = new Set(chunks.flatMap((chunk) => chunk.file_ids));
  const fresh = files.filter(({ state, file_id }) => state === 'ready' && !planned.has(file_id));
  const staged = fresh
    .filter(({ suspect }) => !suspect)
    .map(stagedOf)
    .sort((a, b) => compare(a.partitions[0] ?? '', b.partitions[0] ?? '') || compare(a.file_id, b.file_id));
  const suspects = fresh.filter(({ suspect }) => suspect).map((file) => [stagedOf(file)]);
  const plans: { queue: StagedItem[]; suspect?: true }[] = suspects.map((queue) => ({ queue, suspect: true }));
  let count = chunks.length;
  for (let start = 0; start < staged.length || plans.length > 0; count++) {
    const next = start < staged.length ? { queue: staged.slice(start, start + limits.files + 1) } : plans.shift()!;
    const plan = await planBatch(next.queue, ports.partitionsOf);
    const { file_ids, stage_ids, rows, bounds, unknown_fields } = contentOf(plan.files);
    const content = { file_ids, stage_ids, rows, bounds, unknown_fields, ranges: plan.ranges, part: 0 };
    await writeChunk(ports, { ...chunkKey(idOf(item), count), rev: 0, ...content, suspect: next.suspect });
    start += plan.files.length;
  }
  return writeOperation<ReplayItem>(ports, { ...item, chunks: count, planned: true, phase: 'build' });
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** As the merge plans it; its place in the queue does not matter here. */
function stagedOf({ pk, sk, rev, file_id, staging }: ReplayFile): StagedItem {
  const { counts, ...queued } = staging!;
  return { pk, sk, rev, file_id, staged_seq: 0, ...queued };
}

/** Files whose rows readers see now must not be lost by the way; they are validated anew when the run is tried again. */
async function refuseLoss(ports: ReplayPorts, dataset: Dataset, item: ReplayItem, files: ReplayFile[]): Promise<void> {
  const lost = files.filter(({ state, merged }) => state === 'refused' && merged);
  if (lost.length === 0 || item.allow_refused) return;
  const id = idOf(item);
  for (let start = 0; start < lost.length; start += 50) {
    const again = lost
      .slice(start, start + 50)
      .flatMap((file) => [
        { ...file, state: 'waits' } as ReplayFile,
        { ...todoKey(id, file.file_id), rev: 0, file_id: file.file_id },
      ]);
    await ports.ledger.write(again);
  }
  const named = lost.slice(0, 5).map(({ key, file_id, error }) => `${key} (${file_id}): ${error}`);
  const more = lost.length > named.length ? `; and ${lost.length - named.length} more` : '';
  throw new OperationRefusedError(
    `${lost.length} files that are in silver.${dataset.name} are refused now, nothing has been changed: ` +
      `${named.join('; ')}${more}. Correct the contract, or replay with --allow-refused to leave their rows out`,
  );
}

async function mergeChunk(
  ports: ReplayPorts,
  dataset: Dataset,
  given: ReplayItem,
  deadline: number,
): Promise<{ outcome: 'running' | 'done'; item: ReplayItem }> {
  const target = rebuilt(dataset, given);
  const key = chunkKey(idOf(given), given.built);
  let item = given;
  let chunk = await ports.ledger.get<ReplayChunk>(key.pk, key.sk);
  if (chunk === undefined) throw new Error(`the replay has no ${key.sk}`);
  const parts = Math.max(1, chunk.ranges.length);
  while (chunk.part < parts) {
    const evolved = await fitSilver(ports, target, chunk.unknown_fields ?? []);
    const sql = mergeStatement(ports.files, target, ports.databases, {
      stageIds: chunk.stage_ids,
      batchSeq: item.batch_seq,
      range: chunk.ranges[chunk.part],
      bounds: chunk.bounds,
      evolved,
    });
    const what = `MERGE of ${chunk.file_ids.length} files (${chunk.file_ids.slice(0, 3).join(', ')}, …) into silver.${item.table}`;
    let ran: StatementOutcome<ReplayItem>;
    try {
      ran = await runStatement(ports, item, `${chunk.sk}.${chunk.part}`, what, sql, deadline);
    } catch (error) {
      if (!chunk.suspect || !(error instanceof QueryRejectedError)) throw error;
      return { outcome: 'done', item: await leaveOut(ports, idOf(item), chunk, error) };
    }
    item = ran.item;
    if (ran.outcome === 'running') return { outcome: 'running', item };
    chunk = await writeChunk(ports, { ...chunk, part: chunk.part + 1 });
  }
  await countRows(ports, target, chunk);
  return {
    outcome: 'done',
    item: await writeOperation(ports, { ...item, built: item.built + 1, statement: undefined }),
  };
}

/**
 * A file that readers have never seen, and that cannot be merged now either, stays outside with its error. Its chunk is
 * emptied: should somebody bring it in meanwhile after all, it comes into another one.
 */
async function leaveOut(ports: ReplayPorts, id: string, chunk: ReplayChunk, error: Error): Promise<ReplayItem> {
  const key = replayFileKey(id, chunk.file_ids[0]!);
  const file = (await ports.ledger.get<ReplayFile>(key.pk, key.sk))!;
  if (file.merged) throw error;
  const text = `${error.name}: ${error.message}`;
  const emptied: ReplayChunk = {
    ...chunk,
    file_ids: [],
    stage_ids: [],
    rows: 0,
    part: Math.max(1, chunk.ranges.length),
  };
  await writeChunk(ports, emptied, [{ ...file, state: 'refused', failed: true, error: text } as ReplayFile]);
  const item = (await getOperation<ReplayItem>(ports.ledger, id))!;
  return writeOperation(ports, { ...item, built: item.built + 1, statement: undefined });
}

/** Every accepted row of the chunk is staged, and in the new table as it is or in a newer version. */
async function countRows(ports: ReplayPorts, target: Dataset, chunk: ReplayChunk): Promise<void> {
  if (chunk.rows === 0) return;
  const sql = conservationQuery(ports.files, target, ports.databases, chunk.stage_ids);
  const { queryId } = await runQuery(ports.athena, ports.clock, `counting what silver.${target.name} holds`, sql);
  const [row] = await ports.athena.rows(queryId);
  const [staged, missing] = (row ?? []).map(Number);
  if (staged === chunk.rows && missing === 0) return;
  throw new RowConservationError(
    `silver.${target.name}, ${chunk.sk} (files ${chunk.file_ids.slice(0, 5).join(', ')}, …): ${chunk.rows} rows accepted, ` +
      `${staged} staged, ${missing} of them missing; readers still see the table as it was`,
  );
}

async function writeChunk(ports: ReplayPorts, chunk: ReplayChunk, more: ReplayFile[] = []): Promise<ReplayChunk> {
  try {
    await ports.ledger.write([chunk, ...more]);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
    throw new LeaseLostError(`another invocation works on ${chunk.pk}`, { cause: error });
  }
  return { ...chunk, rev: chunk.rev + 1 };
}
