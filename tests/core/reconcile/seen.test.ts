import { expect, it } from '@jest/globals';
import { fileId } from '../../../core/ledger/file-id.ts';
import { seenFiles } from '../../../core/reconcile/seen.ts';

it('finds every file that was seen, and no other', () => {
  const seen = seenFiles();
  const ids = Array.from({ length: 20_000 }, (_, n) => fileId('b', String(n), 'v'));
  for (const id of ids.slice(0, 10_000)) seen.add(id);

  const found = ids.filter((id) => seen.has(id));

  expect(found).toEqual(ids.slice(0, 10_000));
});
