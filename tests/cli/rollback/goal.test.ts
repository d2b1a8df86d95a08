import { expect, it } from '@jest/globals';
import { checkGoal } from '../../../cli/rollback/goal.ts';
import { historyOf } from '../../../core/operation/rollback-history.ts';
import { fileIdOf } from '../../core/operation/duck-lake.ts';
import {
  mergeAgain,
  type SnapshotLake,
  snapshotLake,
  stageAgain,
  thing,
  undo,
} from '../../core/operation/snapshot-lake.ts';

async function twoFiles(): Promise<{ lake: SnapshotLake; after: string[] }> {
  const lake = await snapshotLake();
  await lake.drop(1, [thing('1', 1, 1)]);
  const after = [lake.last()];
  await lake.drop(2, [thing('2', 2, 2)]);
  return { lake, after: [...after, lake.last()] };
}

const check = async (lake: SnapshotLake, to: string) =>
  checkGoal(lake.ports, 'things', to, await historyOf(lake.ports, lake.dataset));

it.each([
  ['a snapshot that is none', '1234567890123456789', 'has no snapshot 1234567890123456789'],
  ['a time before the table', '2001-01-01', 'has no snapshot of 2001-01-01 or before'],
])('refuses %s before there is a run', async (_, to, message) => {
  const { lake } = await twoFiles();

  await expect(check(lake, to)).rejects.toMatchObject({
    name: 'OperationRefusedError',
    message: expect.stringContaining(message),
  });
});

it('refuses a state with files that are on their way in again, names them, and says to wait; not one without them', async () => {
  const { lake, after } = await twoFiles();
  await undo(lake, 2);
  await stageAgain(lake, 2);

  await expect(check(lake, after[1]!)).rejects.toMatchObject({
    name: 'OperationRefusedError',
    message: expect.stringMatching(
      new RegExp(`${fileIdOf(2)} \\(landing/things/2\\.csv, staged\\)\\. Wait until they are done`),
    ),
  });
  expect(await check(lake, after[0]!)).toBeUndefined();
  await mergeAgain(lake, 2);

  expect(await check(lake, after[1]!)).toBeUndefined();
});

it('says who is merging, since a rollback takes that out, too', async () => {
  const { lake, after } = await twoFiles();
  lake.control.hold = true;
  await lake.stage(3, [thing('3', 3, 3)]);
  await lake.lead(3);
  lake.control.hold = false;

  const said = await check(lake, after[0]!);

  expect(said).toMatch(/^run3 has silver\.things: the rollback waits for it/);
});
