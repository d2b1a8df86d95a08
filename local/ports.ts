import { createServer } from 'node:net';

export interface Ports {
  aws: number;
  trino: number;
  athena: number;
}

export const preferredPorts: Ports = { aws: 4566, trino: 8085, athena: 8090 };

/** Chooses a free port of 127.0.0.1 for each endpoint: the wanted one if it is free, another one otherwise. */
export async function choosePorts(wanted: Ports = preferredPorts): Promise<Ports> {
  const taken = new Set<number>();
  const choose = async (port: number): Promise<number> => {
    const free = taken.has(port) ? undefined : await tryListen(port);
    const chosen = free ?? (await freePort(taken));
    taken.add(chosen);
    return chosen;
  };
  return { aws: await choose(wanted.aws), trino: await choose(wanted.trino), athena: await choose(wanted.athena) };
}

async function freePort(taken: Set<number>): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = await tryListen(0);
    if (port !== undefined && !taken.has(port)) return port;
  }
  throw new Error('no free port on 127.0.0.1');
}

/** Listens for a moment; resolves to the port, or undefined if it is taken. */
function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
