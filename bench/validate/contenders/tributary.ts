import { createReadStream, readFileSync } from 'node:fs';
import { parseContract } from '../../../core/contract/parse.ts';
import { validateFile } from '../../../engine/validate.ts';
import { finish, task } from './finish.ts';

/** This project's validation, as the function runs it. */
const { input, out, threads, memoryLimitMb } = task();
const contract = process.env.BENCH_CONTRACT!;
const { counts, reasons, profile } = await validateFile({
  source: createReadStream(input, { highWaterMark: 1 << 20 }),
  fileName: input,
  dataset: parseContract(readFileSync(contract, 'utf8'), contract),
  fileId: 'benchmark',
  lastModified: '2026-01-01T00:00:00.000Z',
  stageId: 'benchmark-1',
  workDir: out,
  memoryLimitMb,
  threads,
});
const { accepted, rejected, duplicate, superseded } = counts;
finish({ accepted, rejected, lost: duplicate + superseded, reasons, laps: profile.milliseconds });
