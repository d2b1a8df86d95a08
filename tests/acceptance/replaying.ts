import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipelinePorts } from '../../aws/pipeline.ts';
import { readStream, uploadFile } from '../../aws/s3.ts';
import type { Dataset } from '../../core/contract/dataset.ts';
import { validateForReplay } from '../../core/operation/replay-validate.ts';
import type { FileRef } from '../../core/pipeline/payloads.ts';
import { runQuery } from '../../core/run-query.ts';
import { validateFile } from '../../engine/validate.ts';
import { type Doing, replayStates } from '../core/operation/replay-states.ts';
import { stack } from './cloud.ts';

export type Ports = ReturnType<typeof pipelinePorts>;

export const ports = async (): Promise<Ports> => pipelinePorts(await stack());

/**
 * The states of `replay` in this process, against the suite's cloud, with a contract of its own: as if that had been
 * deployed. `between` is called once the new table is built and before it is shown.
 */
export async function replayHere(dataset: Dataset, between?: () => Promise<void>) {
  const all = await ports();
  const doing: Doing = {
    ports: all.replay,
    gold: { ...all.gold, datasets: { ...all.datasets, [dataset.name]: dataset } },
    dataset,
    validate: (file, replay) => validate(all, dataset, file, replay),
    between,
  };
  return replayStates(doing, {}, `replay-here-${Date.now()}`);
}

async function validate(all: Ports, dataset: Dataset, file: FileRef, replay: string) {
  const lake = all.config.lakeBucket;
  const workDir = await mkdtemp(join(tmpdir(), 'replay-'));
  try {
    const validating = {
      ledger: all.ledger,
      clock: all.clock,
      upload: (path: string, key: string) => uploadFile(path, lake, key),
      validate: async (contract: Dataset, stageId: string) =>
        validateFile({
          source: await readStream(lake, file.bronze_key),
          fileName: file.key,
          dataset: contract,
          fileId: file.file_id,
          lastModified: file.last_modified,
          stageId,
          workDir,
          memoryLimitMb: 512,
          threads: 1,
        }),
    };
    await validateForReplay(validating, dataset, file, replay);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** Asks a query again and again until it is stopped; every answer, as text, and every error. */
export async function reader(sql: string) {
  const { lake } = await ports();
  const answers: string[] = [];
  const errors: string[] = [];
  let stopped = false;
  const reading = (async () => {
    while (!stopped) {
      try {
        const { queryId } = await runQuery(lake.athena, lake.clock, 'reading', sql);
        answers.push(JSON.stringify(await lake.athena.rows(queryId)));
      } catch (error) {
        errors.push(String(error));
      }
    }
  })();
  return {
    async stop() {
      stopped = true;
      await reading;
      return { answers: [...new Set(answers)], count: answers.length, errors };
    },
  };
}
