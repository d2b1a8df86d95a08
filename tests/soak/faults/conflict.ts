import { expect, it } from '@jest/globals';
import { stage, until } from '../../acceptance/cloud.ts';
import { setFileRule } from '../../acceptance/rules.ts';
import { seed } from '../../engine/seed.ts';
import { atRest } from '../execution/lake.ts';
import { queriesSince } from '../execution/queries.ts';
import { report } from '../execution/report.ts';
import type { Case, Cases } from './cases.ts';
import { foreignWriter, isConflict, met } from './foreign.ts';

/** Waves of three files, brought in by the deployed functions, while somebody else writes to their table. */
export function foreignCommits({ fresh, expectSettled }: Cases, waves: number): void {
  it(
    'every file lands, once, though a foreign commit comes in the way of at least 3 MERGEs in 10',
    async () => {
      const since = new Date();
      const foreign = foreignWriter(String(seed));
      const cases: Case[] = [];
      await setFileRule(stage, true);
      try {
        for (let wave = 0; wave < waves; wave++) {
          const dropped = await Promise.all([fresh(), fresh(), fresh()]);
          cases.push(...dropped);
          for (const { fileId } of dropped) await done(fileId);
        }
      } finally {
        await setFileRule(stage, false);
        await foreign.stop();
      }
      await until('the table is at rest', 60, async () => {
        const { table } = await atRest(cases[0]!.fileId);
        return table.owner === undefined && table.unplanned === 0;
      });

      const queries = await queriesSince(since);
      const merges = queries.filter(({ statement }) => statement === 'merge silver.orders');
      const inserts = queries.filter(({ statement }) => statement === 'insert silver.orders');
      const commits = inserts.filter(({ state }) => state === 'SUCCEEDED');
      const disturbed = merges.filter((merge) => met(merge, commits));
      const conflicts = merges.filter(({ reason }) => isConflict(reason));
      report(
        `${commits.length} foreign commits (of ${inserts.length}) during ${merges.length} MERGEs of ${cases.length} files:`,
        `  ${disturbed.length} met one, ${conflicts.length} failed of it and were tried again (FC_SEED=${seed})`,
      );
      await expectSettled(cases);
      expect(disturbed.length).toBeGreaterThanOrEqual(0.3 * merges.length);
    },
    (4 + waves) * 60_000,
  );
}

const done = (fileId: string) =>
  until(`file ${fileId} is done`, 240, async () => {
    const { file } = await atRest(fileId);
    if (file.status === 'failed' || file.error !== undefined) throw new Error(`${fileId}: ${file.error}`);
    return file.status === 'done';
  });
