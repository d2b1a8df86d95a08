import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Counts, nothing } from './counts.ts';

export interface Request {
  service: string;
  method: string;
  /** With the query. */
  path: string;
  /** `DynamoDB_20120810.PutItem`, of the services that have such. */
  target: string;
  body: string;
}

/**
 * What a request is billed as. DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html.
 * The sizes of items are those of their JSON, which is a little longer; a write of an item that is in the index is two.
 */
export function countRequest({ service, method, path, target, body }: Request): Partial<Counts> {
  if (service === 's3') {
    if (method === 'DELETE') return {};
    const lists = method === 'GET' && /[?&](list-type|versions|uploads|prefix)\b/.test(path);
    return method === 'PUT' || method === 'POST' || lists ? { s3Writes: 1 } : { s3Reads: 1 };
  }
  if (service === 'glue') return { glueRequests: 1 };
  if (service === 'dynamodb') return countLedger(target.split('.').at(-1)!, body);
  return {};
}

interface LedgerBody {
  TransactItems?: Record<string, unknown>[];
  ConsistentRead?: boolean;
  RequestItems?: Record<string, { Keys?: unknown[]; ConsistentRead?: boolean }>;
}

function countLedger(operation: string, text: string): Partial<Counts> {
  const body = JSON.parse(text) as LedgerBody;
  const written = (part: unknown) => {
    const json = JSON.stringify(part);
    return Math.ceil(json.length / 1024) * (json.includes('"gsi1pk"') ? 2 : 1);
  };
  switch (operation) {
    case 'PutItem':
    case 'DeleteItem':
      return { writeUnits: written(body) };
    case 'TransactWriteItems':
      return { writeUnits: 2 * body.TransactItems!.reduce((sum, item) => sum + written(item), 0) };
    case 'BatchGetItem':
      return {
        readUnits: Object.values(body.RequestItems!).reduce(
          (sum, { Keys = [], ConsistentRead }) => sum + Keys.length * (ConsistentRead ? 1 : 0.5),
          0,
        ),
      };
    case 'GetItem':
    case 'Query':
      return { readUnits: body.ConsistentRead ? 1 : 0.5 };
    default:
      throw new Error(`bench/cost does not know what DynamoDB bills for ${operation}`);
  }
}

/** Passes everything on to the cloud behind it and keeps count. */
export async function countingProxy(behind: string) {
  const counted: Counts = { ...nothing };
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const { method, headers } = incoming;
      for (const [name, value] of Object.entries(countRequest(readRequest(incoming, body)))) {
        counted[name as keyof Counts] += value;
      }
      const passed = send(new URL(incoming.url!, behind), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on('error', (error) => outgoing.destroy(error));
      passed.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counted: (): Counts => ({ ...counted }),
    close: () => server.close(),
  };
}

/** The service stands in the scope of the signature. */
function readRequest({ method, url, headers }: IncomingMessage, body: Buffer): Request {
  const [, service = ''] = /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = String(headers['x-amz-target'] ?? '');
  return { service, method: method!, path: url!, target, body: service === 'dynamodb' ? body.toString() : '' };
}
