import { fileId } from '../../../core/ledger/file-id.ts';
import { getFile } from '../../../core/ledger/files.ts';
import { runInput } from '../../../core/pipeline/keys.ts';
import { land, ledger, stack, until } from '../../acceptance/cloud.ts';
import { readMachine } from '../../statemachines/interpreter.ts';
import type { Executed, Line, Point } from '../execution/commands.ts';
import type { Position } from '../execution/execute.ts';
import { atRest } from '../execution/lake.ts';
import type { Runner } from '../execution/runner.ts';
import type { Sample } from '../execution/sample.ts';

const { StartAt } = readMachine('statemachines/ingest.asl.json');

/** A sample in the landing bucket, and the input that its arrival starts a run with. */
export interface Landed {
  fileId: string;
  start: Position;
}

export async function landSample({ key, csv }: Sample): Promise<Landed> {
  const { landingBucket } = await stack();
  const version_id = await land(key, csv);
  const { detail } = runInput({ bucket: landingBucket, key, version_id, etag: '', size: Buffer.byteLength(csv) });
  const { etag: _, ...object } = detail.object;
  return {
    fileId: fileId(landingBucket, key, version_id),
    start: { state: StartAt, data: { detail: { ...detail, object } } },
  };
}

/** ARN of an execution that this harness runs itself. */
export async function runOf(name: string): Promise<string> {
  const { ingestStateMachine } = await stack();
  return `${ingestStateMachine.replace(':stateMachine:', ':execution:')}:${name}`;
}

/**
 * Side effects that a run was seen to have, each with `before` and `after`. Of the polls of a query, which are as many as
 * it takes, the first, and the one that says that it has ended.
 */
export function pointsOf(lines: Line[]): Point[] {
  const points: Point[] = [];
  for (const line of lines) {
    if ('before' in line) points.push({ when: 'before', effect: line.before });
    if ('after' in line) points.push({ when: 'after', effect: line.after });
  }
  return points.filter(({ effect }) => !/ GetQueryExecution .* #/.test(effect) || / #1$|, ended #/.test(effect));
}

/** How what was left by a process that died is gone on with. */
export const ways = [
  /** Step Functions calls the function again, or the run is redriven. */
  'the same run',
  /** The run has been given up and reported, and is started anew. */
  'reported, then a new run',
  /** A new run comes while the dead one still holds what it holds; that one is reported later. */
  'a new run, then reported',
] as const;
export type Way = (typeof ways)[number];

export interface Outcome {
  point: Point;
  way: Way;
  /** The process died where it was told to; otherwise the run did not come by there. */
  killed: boolean;
  /** Run that report-failure woke, if any: the deployed functions have finished the file then. */
  woken?: string;
  /** Publications of metrics by the two processes. */
  published: number;
  rest: Awaited<ReturnType<typeof atRest>>;
}

const publications = (log: string) =>
  log.split('\n').filter((line) => line.includes('"_aws"') && line.includes('FilesIngested')).length;

/** Runs one file up to the point in a process that dies there, goes on in another, and tells what the ledger then says. */
export async function killAt(
  point: Point,
  way: Way,
  name: string,
  { fileId, start }: Landed,
  victim: Runner,
  worker: Runner,
): Promise<Outcome> {
  const run = await runOf(name);
  const before = publications(worker.log());
  const { executed, lines } = await victim.execute({ run, from: start, kill: point });
  let woken: string | undefined;
  if (executed === undefined) {
    const report = async () => {
      const error = 'Sandbox.Timedout: the function did not answer';
      ({ woken } = await worker.report({ run, dataset: 'orders', fileId, error }));
    };
    if (way === 'the same run') succeeded(await worker.execute({ run, from: lastEntered(lines, start) }), point);
    else {
      if (way === 'reported, then a new run') await report();
      succeeded(await worker.execute({ run: `${run}-again`, from: start }), point);
      if (way === 'a new run, then reported') await report();
    }
  } else succeeded({ executed }, point);
  if (woken !== undefined) {
    await until(`${woken} has finished the file and its batch`, 120, async () => {
      const { file, table } = await atRest(fileId);
      if (file.status === 'failed') throw new Error(`${woken}: ${file.error}`);
      // A file may have been done before, in a batch that was not.
      return file.status === 'done' && table.owner === undefined && table.open === undefined;
    });
  }
  const published = publications(victim.log()) + publications(worker.log()) - before;
  return { point, way, killed: executed === undefined, woken, published, rest: await atRest(fileId) };
}

const lastEntered = (lines: Line[], start: Position): Position =>
  lines.flatMap((line) => ('entered' in line ? [line.entered] : [])).at(-1) ?? start;

function succeeded({ executed }: { executed?: Executed }, { when, effect }: Point): void {
  if (executed?.status === 'SUCCEEDED') return;
  const why = executed === undefined ? 'its process was killed' : `${executed.error}: ${executed.cause}`;
  throw new Error(`killed ${when} ${effect}; the run after it failed: ${why}`);
}

/** Runs a file from beginning to end in a process, and returns what it left in its journal. */
export async function runWhole(name: string, { fileId, start }: Landed, worker: Runner): Promise<Line[]> {
  const { executed, lines } = await worker.execute({ run: await runOf(name), from: start });
  const file = await getFile(await ledger(), fileId);
  if (executed?.status !== 'SUCCEEDED' || file?.status !== 'done') {
    throw new Error(`the dry run of ${name} ended ${JSON.stringify(executed)}, its file is ${file?.status}`);
  }
  return lines;
}
