import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pointers } from '../../aws/pointers.ts';
import { CommitConflictError } from '../../core/errors.ts';

interface Call {
  action: string;
  body: Record<string, unknown>;
}

/** Glue's JSON protocol over one table; UpdateTable answers as `update` says. */
let server: Server;
let calls: Call[];
let table: Record<string, unknown> | undefined;
let update: 'ok' | 'conflict' | 'conflict, but made';

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const action = String(request.headers['x-amz-target']).split('.')[1]!;
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Call['body'];
      calls.push({ action, body });
      const [status, answer] = answerTo(action, body);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL_GLUE: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  calls = [];
  update = 'ok';
  table = glueTable('old');
});

const glueTable = (folder: string) => ({
  Name: 'orders',
  DatabaseName: 'silver',
  VersionId: '7',
  CreateTime: 1,
  TableType: 'EXTERNAL_TABLE',
  StorageDescriptor: { Location: `s3://lake/silver/${folder}/`, Columns: [{ Name: folder, Type: 'string' }] },
  Parameters: {
    metadata_location: `s3://lake/silver/${folder}/metadata/1.json`,
    table_type: 'ICEBERG',
    [folder]: 'kept',
  },
});

function answerTo(action: string, body: Call['body']): [number, unknown] {
  const missing = [400, { __type: 'EntityNotFoundException', Message: 'no' }] as [number, unknown];
  if (action === 'GetTable') return table === undefined ? missing : [200, { Table: table }];
  if (action === 'DeleteTable') return missing;
  if (action === 'CreateTable') return [400, { __type: 'AlreadyExistsException', Message: 'there' }];
  if (update !== 'conflict') table = { ...(body.TableInput as object), DatabaseName: 'silver', VersionId: '8' };
  return update === 'ok' ? [200, {}] : [400, { __type: 'ConcurrentModificationException', Message: 'changed' }];
}

const two = async () => {
  const old = (await pointers.find('silver', 'orders'))!;
  table = glueTable('new');
  const next = (await pointers.find('silver', 'orders__replay_1'))!;
  table = glueTable('old');
  calls = [];
  return { old, next };
};

describe('the names of Iceberg tables', () => {
  it('are told with their folder and version', async () => {
    const found = await pointers.find('silver', 'orders');

    expect(found).toMatchObject({ location: 's3://lake/silver/old', version: '7' });
    expect(found!.definition).not.toHaveProperty('CreateTime');
    table = undefined;
    expect(await pointers.find('silver', 'orders')).toBeUndefined();
  });

  it('change hands in one call, on condition of the version that was read', async () => {
    const { old, next } = await two();

    await pointers.repoint('silver', 'orders', old, next);

    expect(calls.map(({ action }) => action)).toEqual(['UpdateTable']);
    expect(calls[0]!.body).toMatchObject({
      VersionId: '7',
      TableInput: {
        Name: 'orders',
        StorageDescriptor: { Location: 's3://lake/silver/new/', Columns: [{ Name: 'new' }] },
        Parameters: {
          metadata_location: 's3://lake/silver/new/metadata/1.json',
          previous_metadata_location: 's3://lake/silver/old/metadata/1.json',
          old: 'kept',
        },
      },
    });
  });

  it('do not when somebody else was quicker', async () => {
    const { old, next } = await two();
    update = 'conflict';

    await expect(pointers.repoint('silver', 'orders', old, next)).rejects.toThrow(CommitConflictError);
  });

  it('have when the refusal is of a repeated request whose answer was lost', async () => {
    const { old, next } = await two();
    update = 'conflict, but made';

    await pointers.repoint('silver', 'orders', old, next);

    expect((await pointers.find('silver', 'orders'))!.location).toBe('s3://lake/silver/new');
  });

  it('are given and taken away twice as once', async () => {
    const { old } = await two();

    await pointers.register('silver', 'orders__before_1', old);
    await pointers.forget('silver', 'orders__replay_1');

    expect(calls.map(({ action }) => action)).toEqual(['CreateTable', 'DeleteTable']);
    expect(calls[0]!.body).toMatchObject({ TableInput: { Name: 'orders__before_1', TableType: 'EXTERNAL_TABLE' } });
  });
});
