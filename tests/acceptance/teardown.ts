import { down } from '../../local/down.ts';
import { home, isLocal } from './where.ts';

/** TRIBUTARY_KEEP=1 leaves the suite's cloud up, to look into it: `tributary --home .tributary/test …`. */
export default async function teardown(): Promise<void> {
  if (isLocal && !process.env.TRIBUTARY_KEEP) await down({ home });
}
