import type { Dataset } from '../contract/dataset.ts';
import type { RowCounts } from '../ledger/items.ts';
import type { Row } from './row.ts';

/** What validation must count of a file with these sound rows and so many bad ones. */
export function expectedCounts(dataset: Dataset, sound: Row[], rejected: number): RowCounts {
  const all = sound.length + rejected;
  if (dataset.key.length === 0) return { in: all, accepted: sound.length, rejected, duplicate: 0, superseded: 0 };
  const keys = new Set<string>();
  const contents = new Set<string>();
  for (const row of sound) {
    keys.add(dataset.key.map((column) => row[column]).join('\n'));
    contents.add(JSON.stringify(row));
  }
  // A history keeps every version of a key, and other tables the newest one.
  const superseded = dataset.history === 'scd2' ? 0 : contents.size - keys.size;
  const duplicate = sound.length - contents.size;
  return { in: all, accepted: sound.length - duplicate - superseded, rejected, duplicate, superseded };
}
