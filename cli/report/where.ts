import type { Stack } from '../../aws/stack.ts';
import { objectConsoleLink } from '../../core/incident/console-link.ts';

export interface Where {
  uri: string;
  /** For a browser: in the AWS console, or at the local cloud. */
  url: string | undefined;
}

/** Where an object of the lake is. `endpoint` is that of the local cloud. */
export function whereIs(
  stack: Pick<Stack, 'stage' | 'lakeBucket' | 'ingestStateMachine'>,
  key: string,
  endpoint?: string,
): Where {
  const { stage, lakeBucket, ingestStateMachine } = stack;
  const path = key.split('/').map(encodeURIComponent).join('/');
  return {
    uri: `s3://${lakeBucket}/${key}`,
    url:
      stage === 'local'
        ? endpoint && `${endpoint.replace(/\/$/, '')}/${lakeBucket}/${path}`
        : objectConsoleLink(ingestStateMachine, lakeBucket, key),
  };
}
