import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ledgerStore } from '../../aws/ledger.ts';
import { connect } from '../../cli/cloud.ts';
import { readCloud } from '../../local/cloud-state.ts';
import { down } from '../../local/down.ts';
import { projectRoot } from '../../local/paths.ts';
import { terminalProgress } from '../../local/progress.ts';
import { reset } from '../../local/reset.ts';
import { up } from '../../local/up.ts';
import { drop, filesAMerge, outcome } from './burst.ts';
import { orderFiles } from './files.ts';
import { watchMemory } from './memory.ts';
import { quantile, runsSince } from './outcome.ts';
import { oneFileAMerge } from './variant.ts';

/**
 * Drops many small files at once on a local cloud of its own, and some of them on the same pipeline with one MERGE a
 * file. Usage: npm run bench:burst -- [--files 1000] [--alone 40] [--rows 20].
 */
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '1000' },
    /** Files dropped on the pipeline with one MERGE a file, and once more on ours, to compare. */
    alone: { type: 'string', default: '40' },
    rows: { type: 'string', default: '20' },
  },
});
const home = join(projectRoot, '.tributary', 'bench');
process.env.TRIBUTARY_HOME = home;
const progress = terminalProgress();

interface Result {
  pipeline: string;
  files: number;
  MERGEs: number;
  'files a MERGE': number;
  'files a minute': number;
  'p50 drop to gold, s': number;
  'p95 drop to gold, s': number;
  'transitions a file': number;
  retries: number;
  'peak MB': number;
}

let bursts = 0;

async function measure(pipeline: string, count: number): Promise<Result> {
  const stack = await connect('local');
  const ledger = ledgerStore(stack.ledgerTable);
  const day = (month: number) => `2026-${String(month).padStart(2, '0')}-15`;
  const files = (many: number) => orderFiles(many, Number(values.rows), `BENCH${++bursts}`, day(bursts));
  // The first file of a deployment makes the tables and starts the functions.
  await outcome(ledger, await drop(stack, ledger, files(1)), 120);

  const peak = watchMemory(readCloud(home)!.supervisor.pid);
  const dropped = await drop(stack, ledger, files(count));
  const burst = await outcome(ledger, dropped, 3600);
  const memory = peak();

  const failed = burst.files.filter(({ status }) => status !== 'done');
  if (failed.length > 0) throw new Error(`${failed.length} files are not done: ${failed[0]!.error}`);
  const runs = await runsSince(stack.ingestStateMachine, dropped.since);
  return {
    pipeline,
    files: count,
    MERGEs: burst.batches.length,
    'files a MERGE': round(filesAMerge(burst)),
    'files a minute': round((60 * count) / burst.seconds),
    'p50 drop to gold, s': round(quantile(burst.dropToGold, 0.5)),
    'p95 drop to gold, s': round(quantile(burst.dropToGold, 0.95)),
    'transitions a file': round(runs.transitions / count),
    retries: runs.retries,
    'peak MB': Math.round(memory.bytes / 2 ** 20),
  };
}

const round = (value: number) => Math.round(value * 10) / 10;

await reset({ home, progress });
try {
  await up({ home, progress });
  const many = await measure('group commit', Number(values.files));
  console.table([many]);
  const ours = await measure('group commit', Number(values.alone));
  await up({ home, progress, deploy: { root: oneFileAMerge(join(tmpdir(), 'tributary-one-file-a-merge')) } });
  const alone = await measure('one MERGE a file', Number(values.alone));
  console.table([many, ours, alone]);
  const ratio = (name: keyof Result) => (Number(ours[name]) / Number(alone[name])).toFixed(2);
  console.log(`of ${values.alone} files, group commit to one MERGE a file:`);
  for (const name of [
    'files a minute',
    'p50 drop to gold, s',
    'p95 drop to gold, s',
    'transitions a file',
    'peak MB',
  ]) {
    console.log(`  ${name.padEnd(20)} ${ratio(name as keyof Result)}`);
  }
} finally {
  await down({ home, progress });
}
