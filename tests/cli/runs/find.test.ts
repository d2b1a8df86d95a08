import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Session } from '../../../cli/context.ts';
import { findRun } from '../../../cli/runs/find.ts';

const machineOf = (kind: string) => `arn:aws:states:us-east-1:111122223333:stateMachine:tributary-test-${kind}`;
const arnOf = (kind: string, name: string) => `${machineOf(kind).replace(':stateMachine:', ':execution:')}:${name}`;
const session = {
  stack: async () => ({
    ingestStateMachine: machineOf('ingest'),
    undoStateMachine: machineOf('undo'),
    rollbackStateMachine: machineOf('rollback'),
    replayStateMachine: machineOf('replay'),
    maintainStateMachine: machineOf('maintain'),
  }),
} as Session;

/** Step Functions with one run of each state machine, all of which have failed. */
let server: Server;

beforeAll(async () => {
  const runs = ['ingest', 'undo', 'rollback', 'replay', 'maintain'].map((kind) => arnOf(kind, `a-run-of-${kind}`));
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { executionArn: arn } = JSON.parse(Buffer.concat(chunks).toString());
      const found = { executionArn: arn, status: 'FAILED', startDate: 1, stateMachineArn: machineOf('any') };
      const lists = String(request.headers['x-amz-target']).endsWith('ListExecutions');
      const answer = lists ? { executions: [] } : runs.includes(arn) ? found : { __type: 'ExecutionDoesNotExist' };
      response.writeHead('__type' in answer ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL_SFN: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

it.each(['ingest', 'undo', 'rollback', 'replay', 'maintain'])(
  'finds a run of %s by the name that a page gives',
  async (kind) => {
    const found = await findRun(session, `a-run-of-${kind}`);

    expect(found.arn).toBe(arnOf(kind, `a-run-of-${kind}`));
  },
);

it('says so when no state machine has such a run', async () => {
  await expect(findRun(session, 'no-such-run')).rejects.toThrow('no run found for "no-such-run"');
});
