import { down } from '../../local/down.ts';
import { home, isLocal } from './where.ts';

/** TRIBUTARY_KEEP=1 leaves the cloud up, to look into it: `npx tributary --home .tributary/test …`. */
export default async function teardown(): Promise<void> {
  if (isLocal && !process.env.TRIBUTARY_KEEP) await down({ home });
}
