import { expect, it } from '@jest/globals';
import { currentSnapshotId } from '../../aws/catalog.ts';

it.each([
  ['{"current-snapshot-id":6730977230941283457,"snapshots":[]}', '6730977230941283457'],
  ['{\n  "current-snapshot-id" : 1\n}', '1'],
  ['{"current-snapshot-id":-1}', null],
  ['{"current-snapshot-id":null}', null],
  ['{"format-version":2}', null],
])('reads the current snapshot id of %s without losing digits', (metadata, id) => {
  expect(currentSnapshotId(metadata)).toBe(id);
});
