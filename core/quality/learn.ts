import { LeaseLostError } from '../errors.ts';
import type { FileItem } from '../ledger/items.ts';
import { type Clock, type LedgerStore, type Stored, withRetries } from '../ledger/store.ts';
import { anomaliesOf, type Learned, learn } from './band.ts';
import { rejectedPercent } from './make-record.ts';
import type { Anomaly } from './record.ts';

/** What the last done files of a dataset were like. */
export interface BandItem extends Stored {
  sk: 'band';
  /** The last batch that was learned from. */
  batch_seq: number;
  /** As it was before that batch: learned from again, the batch finds and leaves the same. */
  before: Learned[];
  files: Learned[];
}

const bandKey = (dataset: string) => `band#${dataset}`;

/**
 * Compares each file of a merged batch, in the order they were staged, with those before it, and remembers them. Repeated
 * for the same batch it finds the same, and no file counts twice. Throws LeaseLostError when a later batch has been
 * learned from: then this one was ended by another run.
 */
export async function judgeBatch(
  store: LedgerStore,
  clock: Clock,
  dataset: string,
  batchSeq: number,
  files: FileItem[],
): Promise<Map<string, Anomaly[]>> {
  return withRetries(clock, async () => {
    const known = await store.get<BandItem>(bandKey(dataset), 'band');
    if (known !== undefined && known.batch_seq > batchSeq) {
      throw new LeaseLostError(
        `batch ${batchSeq} of ${dataset} was ended by another run; batch ${known.batch_seq} is through`,
      );
    }
    const before = known === undefined ? [] : known.batch_seq === batchSeq ? known.before : known.files;
    const found = new Map<string, Anomaly[]>();
    let learned = before;
    for (const file of files.map(toLearned)) {
      found.set(file.file_id, anomaliesOf(learned, file));
      learned = learn(learned, file);
    }
    if (known?.batch_seq === batchSeq) return found;
    const item: BandItem = {
      pk: bandKey(dataset),
      sk: 'band',
      rev: known?.rev ?? 0,
      batch_seq: batchSeq,
      before,
      files: learned,
    };
    await store.write([item]);
    return found;
  });
}

const toLearned = ({ file_id, size, counts }: FileItem): Learned => ({
  file_id,
  size,
  rows: counts!.in,
  rejected_percent: rejectedPercent(counts!),
});
