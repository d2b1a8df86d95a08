import { readStack, type Stack } from '../aws/stack.ts';
import { cloudEnvironment, readCloud } from '../local/cloud-state.ts';
import { UnreachableError } from './exit.ts';

/** Makes the process talk to a stage and says what is deployed there. Throws when nothing is. */
export async function connect(stage: string): Promise<Stack> {
  if (stage === 'local') useLocalCloud();
  // The rule of serverless.yml, so that a stage is looked for where it was deployed.
  else process.env.AWS_REGION ||= 'us-east-1';
  return readStack(stage);
}

/**
 * Points every SDK of this process at the running local cloud, and away from the user's own AWS: a profile would win
 * over the local credentials.
 */
function useLocalCloud(): void {
  const cloud = readCloud();
  if (cloud === undefined) throw new UnreachableError('the local cloud is not up: run `npx tributary up`');
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_')) delete process.env[name];
  }
  Object.assign(process.env, cloudEnvironment(cloud), {
    AWS_CONFIG_FILE: '/nonexistent/aws-config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/aws-credentials',
  });
}
