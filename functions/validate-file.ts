import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishRefused } from '../aws/metrics.ts';
import { pipelinePorts } from '../aws/pipeline.ts';
import { readStream, uploadFile } from '../aws/s3.ts';
import { task } from '../aws/task.ts';
import { validateForReplay } from '../core/operation/replay-validate.ts';
import { contractOf } from '../core/pipeline/contract-of.ts';
import { ValidateFileInput } from '../core/pipeline/payloads.ts';
import { type ValidatePorts, validateLanded } from '../core/pipeline/validate.ts';
import { validateFile } from '../engine/validate.ts';

const ports = pipelinePorts();
const lake = ports.config.lakeBucket;

/** Half of the function's memory is left to Node and to what DuckDB does not count. */
const memoryLimitMb = Math.floor(Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 2048) / 2);

/**
 * Checks every row of exactly that version against its contract. Each call writes under a stage id of its own, so that a
 * repeated one never mixes with another. Throws FileRejectedError, after the file is recorded as rejected; for a replay,
 * which keeps results to itself, it does not.
 */
export const handler = task(ValidateFileInput, async ({ file, run, replay }) => {
  const workDir = await mkdtemp(join(tmpdir(), 'validate-'));
  const validating: ValidatePorts = {
    ledger: ports.ledger,
    clock: ports.clock,
    catalog: ports.lake.catalog,
    validate: async (dataset, stageId) =>
      validateFile({
        source: await readStream(lake, file.bronze_key),
        fileName: file.key,
        dataset,
        fileId: file.file_id,
        lastModified: file.last_modified,
        stageId,
        workDir,
        memoryLimitMb,
        threads: 2,
      }),
    upload: (path, key) => uploadFile(path, lake, key),
    records: ports.records,
    refused: publishRefused,
  };
  try {
    const dataset = contractOf(ports.datasets, file.dataset);
    if (replay !== undefined) return await validateForReplay(validating, dataset, file, replay);
    return await validateLanded(validating, dataset, file, run);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
});
