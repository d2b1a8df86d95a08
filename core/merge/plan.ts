import type { StagedItem } from '../ledger/items.ts';
import { maxListedFields } from './evolve.ts';

export interface Limits {
  /** Files in one MERGE; Athena's injected projection takes at most 1,000 literals. */
  files: number;
  /** Partitions one statement may write; Athena stops at 100 open writers. */
  partitions: number;
  /** Staged rows in one MERGE. */
  rows: number;
  /** Staged Parquet bytes in one MERGE. */
  bytes: number;
  /** Unknown fields in one MERGE that may become columns: its text, and the batch's item, have a size limit. */
  fields: number;
}

export const limits: Limits = {
  files: 500,
  partitions: 80,
  rows: 20_000_000,
  bytes: 2_000_000_000,
  fields: 300,
};

export interface Plan {
  files: StagedItem[];
  /** One statement each; empty: one statement without a range. */
  ranges: { from: string; to: string }[];
}

/**
 * The next batch: the longest run of staged files, oldest first, within the limits; at least one. A file that alone
 * writes to more partitions than one statement may is a batch by itself, merged in several ranges of partitions. So is
 * one that may have more unknown fields than it lists: what the others list must not decide what becomes of them.
 * `partitionsOf` gives the sorted partitions of such a file.
 */
export async function planBatch(
  staged: StagedItem[],
  partitionsOf: (item: StagedItem) => Promise<string[]>,
  max: Limits = limits,
): Promise<Plan> {
  const [first] = staged;
  if (first === undefined) return { files: [], ranges: [] };
  if (first.partition_count > max.partitions) {
    return { files: [first], ranges: ranges(await partitionsOf(first), max.partitions) };
  }
  const files: StagedItem[] = [];
  const partitions = new Set<string>();
  const fields = new Set<string>();
  let bytes = 0;
  let rows = 0;
  for (const item of staged) {
    bytes += item.bytes;
    rows += item.rows;
    for (const partition of item.partitions) partitions.add(partition);
    for (const field of item.unknown_fields ?? []) fields.add(field);
    const fits =
      files.length < max.files &&
      rows <= max.rows &&
      bytes <= max.bytes &&
      partitions.size <= max.partitions &&
      fields.size <= max.fields;
    const alone = item.partition_count > max.partitions || mayHaveMore(item);
    if (files.length > 0 && (!fits || alone)) break;
    files.push(item);
    if (alone) break;
  }
  return { files, ranges: [] };
}

const mayHaveMore = (item: StagedItem): boolean => (item.unknown_fields?.length ?? 0) >= maxListedFields;

/** Cuts sorted partitions into inclusive ranges of at most `size` each. */
export function ranges(partitions: string[], size: number): { from: string; to: string }[] {
  const cut: { from: string; to: string }[] = [];
  for (let start = 0; start < partitions.length; start += size) {
    cut.push({ from: partitions[start]!, to: partitions[Math.min(start + size, partitions.length) - 1]! });
  }
  return cut;
}
