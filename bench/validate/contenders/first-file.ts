import { createReadStream, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Loads the function in a fresh process, then validates a first small file; milliseconds since the process began. */
const { handler, input, out, contract } = JSON.parse(process.argv[2]!) as Record<string, string>;
// Read when the function is loaded. Nothing is called.
Object.assign(process.env, {
  STAGE: 'bench',
  AWS_REGION: 'us-east-1',
  LAMBDA_TASK_ROOT: process.cwd(),
  LANDING_BUCKET: 'landing',
  LAKE_BUCKET: 'lake',
  LEDGER_TABLE: 'ledger',
  STAGING_DATABASE: 'staging',
  SILVER_DATABASE: 'silver',
  GOLD_DATABASE: 'gold',
  OPS_DATABASE: 'ops',
  ATHENA_WORKGROUP: 'pipeline',
  ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:alerts',
  NOTICE_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:notices',
  INGEST_STATE_MACHINE: 'arn:aws:states:us-east-1:111122223333:stateMachine:ingest',
});
await import(pathToFileURL(handler!).href);
const loaded = performance.now();

// Bundled apart from the handler, so both are loaded here; the engine's own code is small beside DuckDB's.
const { validateFile } = await import('../../../engine/validate.ts');
const { parseContract } = await import('../../../core/contract/parse.ts');
await validateFile({
  source: createReadStream(input!),
  fileName: input!,
  dataset: parseContract(readFileSync(contract!, 'utf8'), contract!),
  fileId: 'benchmark',
  lastModified: '2026-01-01T00:00:00.000Z',
  stageId: 'benchmark-1',
  workDir: out!,
  memoryLimitMb: 256,
  threads: 2,
});
console.log(JSON.stringify({ loaded, firstFile: performance.now() }));
