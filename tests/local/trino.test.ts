import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { trinoAnswers, writeTrinoConfig } from '../../local/trino.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Speaks Trino's client protocol: each statement is queued first and answered on the second page. */
async function trino(answer: (statement: string) => object): Promise<string> {
  const queued: string[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      let statement = '';
      for await (const part of request) statement += part;
      queued.push(statement);
      response.end(JSON.stringify({ nextUri: `${url}/${queued.length - 1}`, stats: { state: 'QUEUED' } }));
    } else {
      response.end(JSON.stringify(answer(queued[Number(request.url!.slice(1))]!)));
    }
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return url;
}

const listing = (statement: string) => statement.includes('information_schema');
const failure = (errorName: string) => ({ error: { errorName } });
const oneTable = { data: [['tributary_local_silver', 'orders']] };

describe('trinoAnswers', () => {
  it('is true for an empty lake when a query is answered', async () => {
    const url = await trino(() => ({ data: [] }));

    expect(await trinoAnswers(url)).toBe(true);
  });

  it('is false while the server starts', async () => {
    const url = await trino(() => failure('SERVER_STARTING_UP'));

    expect(await trinoAnswers(url)).toBe(false);
  });

  it('is false while the tables of the lake cannot be read yet', async () => {
    const url = await trino((statement) => (listing(statement) ? oneTable : failure('NO_NODES_AVAILABLE')));

    expect(await trinoAnswers(url)).toBe(false);
  });

  it('does not wait for a table that is broken', async () => {
    const url = await trino((statement) => (listing(statement) ? oneTable : failure('ICEBERG_INVALID_METADATA')));

    expect(await trinoAnswers(url)).toBe(true);
  });

  it('is false where nothing listens', async () => {
    expect(await trinoAnswers('http://127.0.0.1:9')).toBe(false);
  });
});

describe('writeTrinoConfig', () => {
  it('binds to this machine only and redirects the two catalogs to each other', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trino-'));

    writeTrinoConfig({
      folder,
      port: 8085,
      awsEndpoint: 'http://127.0.0.1:4566',
      region: 'us-east-1',
      warehouse: 's3://lake/',
      installation: '/cache/trino',
      java: '/cache/java',
    });

    const read = (name: string) => readFileSync(join(folder, name), 'utf8').split('\n');
    expect(read('config.properties')).toEqual(
      expect.arrayContaining([
        'node.bind-ip=127.0.0.1',
        'http-server.http.port=8085',
        'plugin.dir=/cache/trino/plugin',
      ]),
    );
    expect(read('catalog/awsdatacatalog.properties')).toEqual(
      expect.arrayContaining(['iceberg.hive-catalog-name=hive', 's3.endpoint=http://127.0.0.1:4566']),
    );
    expect(read('catalog/hive.properties')).toContain('hive.iceberg-catalog-name=awsdatacatalog');
  });
});
