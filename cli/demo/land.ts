import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putUnlessSame } from '../../aws/landing.ts';
import { fileId } from '../../core/ledger/file-id.ts';
import { fileState, getFile } from '../../core/ledger/files.ts';
import type { RowCounts } from '../../core/ledger/items.ts';
import type { Session } from '../context.ts';
import type { Landed } from '../drop/drop.ts';
import type { SampleFile } from './sample.ts';

export interface LandedSample extends Landed {
  /** Counts of a file that an earlier start has brought all the way. */
  done?: RowCounts;
}

/** Writes the sample to a folder, for people to look at and to drop again. */
export function writeSample(folder: string, files: SampleFile[]): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(join(folder, file.name), file.body);
}

/**
 * Drops the sample, except what is there already: files that are done, or under way. One whose run has failed is dropped
 * again, as a new version.
 */
export async function landSample(session: Session, files: SampleFile[]): Promise<LandedSample[]> {
  const { landingBucket } = await session.stack();
  const ledger = await session.ledger();
  return Promise.all(
    files.map(async ({ dataset, name, body, contentType }) => {
      const key = `landing/${dataset}/${name}`;
      const uploadedAt = session.clock.now();
      const land = async (again: boolean): Promise<LandedSample> => {
        const { put, versionId } = await putUnlessSame(landingBucket, key, body, contentType, again);
        const landed = { key, versionId, uploadedAt, fileId: fileId(landingBucket, key, versionId) };
        if (put) return landed;
        const file = await getFile(ledger, landed.fileId);
        const state = file && (await fileState(ledger, file)).state;
        if (state === 'done') return { ...landed, done: file?.counts };
        const underWay = state === 'staged' || state === 'merged' || state === 'received';
        return underWay && file?.error === undefined ? landed : land(true);
      };
      return land(false);
    }),
  );
}
