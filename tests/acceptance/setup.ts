import { terminalProgress } from '../../local/progress.ts';
import { reset } from '../../local/reset.ts';
import { up } from '../../local/up.ts';
import { home, isLocal, stage } from './where.ts';

/** Brings up a local cloud of the suite's own, empty, with its own state and ports; one on AWS must be there already. */
export default async function setup(): Promise<void> {
  if (!isLocal) {
    process.stderr.write(`\nacceptance tests against stage ${stage} on AWS\n`);
    return;
  }
  process.stderr.write('\n');
  const progress = terminalProgress();
  await reset({ home, progress });
  await up({ home, progress });
}
