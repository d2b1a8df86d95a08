import type { BatchItem, StagedItem } from '../ledger/items.ts';

/** What a batch of these staged files, at least one, in the order of the queue, consists of. */
export function contentOf(
  files: StagedItem[],
): Pick<BatchItem, 'from_seq' | 'to_seq' | 'file_ids' | 'stage_ids' | 'rows' | 'bounds' | 'unknown_fields'> {
  return {
    from_seq: files[0]!.staged_seq,
    to_seq: files.at(-1)!.staged_seq,
    file_ids: files.map((file) => file.file_id),
    stage_ids: files.map((file) => file.stage_id),
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    bounds: boundsOf(files),
    unknown_fields: unknownOf(files),
  };
}

/** Unknown fields of all the files that may become columns, in order; undefined when there are none. */
function unknownOf(files: StagedItem[]): string[] | undefined {
  const fields = new Set(files.flatMap((file) => file.unknown_fields ?? []));
  return fields.size === 0 ? undefined : [...fields].sort();
}

/** First and last partition that the files write to; undefined when one does not list them, or that cannot be told. */
function boundsOf(files: StagedItem[]): { from: string; to: string } | undefined {
  if (files.some((file) => file.partitions.length === 0)) return undefined;
  // By bytes, as the engine compares text; JavaScript's own order differs beyond the basic plane.
  const partitions = files
    .flatMap((file) => file.partitions)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  // Days of files that were staged before the contract said months: their order tells nothing of where they end.
  const lengths = new Set(partitions.map(({ length }) => length));
  if (lengths.size > 1 && partitions.every((name) => /^\d{4}(-\d\d){0,2}$/.test(name))) return undefined;
  return { from: partitions[0]!, to: partitions.at(-1)! };
}
