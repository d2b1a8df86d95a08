import { terminalProgress } from '../../local/progress.ts';
import { reset } from '../../local/reset.ts';
import { up } from '../../local/up.ts';
import { home, isLocal, stage } from './where.ts';

/**
 * Brings up a local cloud of the suite's own, empty, with its own state and ports; one on AWS must be there already.
 * TRIBUTARY_KEEP=1 keeps what an earlier run has left, and leaves the cloud up afterwards.
 */
export default async function setup(): Promise<void> {
  if (!isLocal) {
    process.stderr.write(`\nacceptance tests against stage ${stage} on AWS\n`);
    return;
  }
  process.stderr.write('\n');
  const progress = terminalProgress();
  if (!process.env.TRIBUTARY_KEEP) await reset({ home, progress });
  await up({ home, progress });
}
