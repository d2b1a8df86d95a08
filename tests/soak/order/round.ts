import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { s3 } from '../../../aws/clients.ts';
import { describeExecution, startExecution } from '../../../aws/executions.ts';
import { type Landed, land } from '../../../bench/burst/files.ts';
import { batchesBehind, queueEnd, settled } from '../../../bench/burst/outcome.ts';
import { runInput } from '../../../core/pipeline/keys.ts';
import { ledger, stack, until } from '../../acceptance/cloud.ts';
import { groupCount, type History } from './history.ts';
import type { Stored } from './oracle.ts';

export interface StoredFile extends Stored, Landed {}

/**
 * Stores all files of the histories, group after group, each group in a second of its own, so that LastModified is
 * settled before the first run. The rule that would start runs has to be off.
 */
export async function store(histories: History[]): Promise<StoredFile[][]> {
  const { landingBucket } = await stack();
  const stored: StoredFile[][] = histories.map(() => []);
  for (let group = 0; group < groupCount; group++) {
    const files = histories.flatMap(({ files, groups, name }, history) =>
      files.flatMap((text, file) =>
        groups[file] === group ? [{ history, file, text, key: `landing/orders/${name} ${file}.csv` }] : [],
      ),
    );
    const landed = await land(landingBucket, files);
    for (const [index, { history, file, text }] of files.entries()) {
      const { bucket, key, version_id } = landed[index]!;
      const head = await s3().send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: version_id }));
      stored[history]![file] = { ...landed[index]!, text, lastModified: head.LastModified!.getTime() };
    }
    const second = Math.floor(Date.now() / 1000);
    await until('the next second has come', 2, async () => Math.floor(Date.now() / 1000) > second);
  }
  return stored;
}

/** Runs in the order in which they are started, in waves: those of a wave at once, the next when they have ended. */
export type Waves = Landed[][];

export interface Course {
  runs: number;
  batches: number[];
}

/** Starts the runs wave by wave; throws when one of them does not succeed. Says how many files each MERGE had. */
export async function run(waves: Waves): Promise<Course> {
  const { ingestStateMachine } = await stack();
  const store = await ledger();
  const after = await queueEnd(store, 'orders');
  for (const wave of waves) {
    const arns = await Promise.all(
      wave.map((file) => startExecution(ingestStateMachine, JSON.stringify(runInput(file)))),
    );
    const open = new Set(arns);
    await until(`${arns.length} runs end`, 600, async () => {
      for (const arn of open) {
        const execution = await describeExecution(arn);
        if (execution?.status === 'RUNNING') return false;
        if (execution?.status !== 'SUCCEEDED') throw new Error(`${arn}: ${execution?.error}: ${execution?.cause}`);
        open.delete(arn);
      }
      return true;
    });
  }
  const files = [...new Set(waves.flat().map(({ file_id }) => file_id))];
  await settled(store, files, 120);
  const batches = await batchesBehind(store, 'orders', after);
  return { runs: waves.flat().length, batches: batches.map(({ file_ids }) => file_ids.length) };
}
