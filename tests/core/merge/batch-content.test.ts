import { describe, expect, it } from '@jest/globals';
import type { StagedItem } from '../../../core/ledger/items.ts';
import { contentOf } from '../../../core/merge/batch-content.ts';

const staged = (seq: number, partitions: string[]): StagedItem => ({
  pk: 'table#lines',
  sk: `staged#${seq}`,
  rev: 1,
  staged_seq: seq,
  file_id: `file${seq}`,
  stage_id: `stage${seq}`,
  rows: 1,
  bytes: 1,
  partitions,
  partition_count: partitions.length,
  profile_key: 'p',
});

describe('the bounds of a batch', () => {
  it('are its first and last partition', () => {
    const { bounds } = contentOf([staged(1, ['2026-03-15', '2026-04-01']), staged(2, ['2026-03-02'])]);

    expect(bounds).toEqual({ from: '2026-03-02', to: '2026-04-01' });
  });

  it('are not known when its files were staged by contracts with other partitions: a month ends after its 15th', () => {
    const { bounds } = contentOf([staged(1, ['2026-03-15']), staged(2, ['2026-03'])]);

    expect(bounds).toBeUndefined();
  });
});
