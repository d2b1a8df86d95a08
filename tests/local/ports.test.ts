import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { choosePorts } from '../../local/ports.ts';

async function listen() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

describe('choosePorts', () => {
  it('keeps the wanted ports when they are free', async () => {
    const servers = [await listen(), await listen(), await listen()];
    const [aws, trino, athena] = servers.map((server) => server.port) as [number, number, number];
    for (const server of servers) server.close();

    const chosen = await choosePorts({ aws, trino, athena });

    expect(chosen).toEqual({ aws, trino, athena });
  });

  it('moves only the one that is taken', async () => {
    const taken = await listen();
    const servers = [await listen(), await listen()];
    const [trino, athena] = servers.map((server) => server.port) as [number, number];
    for (const server of servers) server.close();

    const chosen = await choosePorts({ aws: taken.port, trino, athena });
    taken.close();

    expect(chosen).toMatchObject({ trino, athena });
    expect(chosen.aws).not.toBe(taken.port);
  });

  it('never gives one port to two endpoints', async () => {
    const server = await listen();
    const { port } = server;
    server.close();

    const chosen = await choosePorts({ aws: port, trino: port, athena: port });

    expect(new Set(Object.values(chosen)).size).toBe(3);
  });
});
