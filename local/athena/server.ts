import { createReadStream } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { HeadBucketCommand, NotFound, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ApiPorts, WorkGroup } from './api.ts';
import {
  ApiError,
  batchGetQueryExecution,
  getQueryExecution,
  getQueryResults,
  listQueryExecutions,
  startQueryExecution,
  stopQueryExecution,
} from './api.ts';
import { ExecutionStore } from './executions.ts';
import { Runner, settleAbandoned } from './runner.ts';
import { trinoEngine } from './trino.ts';

/** Athena's API (x-amz-json-1.1) in front of Trino. What it does not have itself, workgroups among it, the emulator answers. */

interface Settings {
  port: number;
  trinoUrl: string;
  awsUrl: string;
  region: string;
  stateDir: string;
  maxRunning: number;
}

function readSettings(env: NodeJS.ProcessEnv): Settings {
  const need = (name: string) => {
    const value = env[name];
    if (!value) throw new Error(`the environment variable ${name} is missing`);
    return value;
  };
  const maxRunning = Number(env.ATHENA_MAX_RUNNING ?? 8);
  if (!Number.isInteger(maxRunning) || maxRunning < 1)
    throw new Error('ATHENA_MAX_RUNNING must be a whole number above 0');
  return {
    port: Number(need('ATHENA_PORT')),
    trinoUrl: need('TRINO_URL').replace(/\/$/, ''),
    awsUrl: need('AWS_ENDPOINT_URL').replace(/\/$/, ''),
    region: need('AWS_REGION'),
    stateDir: need('ATHENA_STATE_DIR'),
    maxRunning,
  };
}

interface Answer {
  status: number;
  body: string;
  type?: string;
}

/** Starts the server; resolves when it listens. */
export async function startServer(settings: Settings): Promise<{ server: Server; stop(): Promise<void> }> {
  const store = new ExecutionStore(settings.stateDir);
  const engine = trinoEngine(settings.trinoUrl);
  const s3 = new S3Client({
    region: settings.region,
    endpoint: settings.awsUrl,
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const now = () => Date.now();
  const abandoned = await settleAbandoned({ store, engine, now });
  if (abandoned > 0) log(`${abandoned} queries of an earlier process were marked FAILED`);
  const runner = new Runner({
    store,
    engine,
    maxRunning: settings.maxRunning,
    now,
    async put(location, file, bytes) {
      const [, , Bucket, ...key] = location.split('/');
      const Body = bytes > 0 ? createReadStream(file) : '';
      await s3.send(new PutObjectCommand({ Bucket, Key: key.join('/'), Body, ContentLength: bytes }));
    },
  });
  const ports: ApiPorts = {
    store,
    runner,
    now,
    async pingEngine() {
      const answer = await fetch(`${settings.trinoUrl}/v1/info`, { signal: AbortSignal.timeout(5000) }).catch(
        () => undefined,
      );
      const info = answer?.ok ? ((await answer.json()) as { starting: boolean }) : undefined;
      if (!info) throw new Error(`the query engine does not answer at ${settings.trinoUrl}`);
      if (info.starting) throw new Error('the query engine is still starting');
    },
    async bucketExists(bucket) {
      try {
        await s3.send(new HeadBucketCommand({ Bucket: bucket }));
        return true;
      } catch (error) {
        if (error instanceof NotFound) return false;
        throw error;
      }
    },
  };

  /** Passes a request on to the emulator, with the caller's own credentials (they name the account and region). */
  async function forward(target: string, body: string, headers: IncomingMessage['headers']): Promise<Answer> {
    const answer = await fetch(`${settings.awsUrl}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': target,
        ...(headers.authorization ? { authorization: headers.authorization } : {}),
        ...(headers['x-amz-date'] ? { 'x-amz-date': String(headers['x-amz-date']) } : {}),
      },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    return { status: answer.status, body: await answer.text() };
  }

  function workGroupReader(headers: IncomingMessage['headers']) {
    return async (name: string): Promise<WorkGroup> => {
      const answer = await forward('AmazonAthena.GetWorkGroup', JSON.stringify({ WorkGroup: name }), headers);
      if (answer.status === 400) throw new ApiError('InvalidRequestException', `WorkGroup ${name} is not found.`);
      if (answer.status !== 200) throw new Error(`the emulator answered ${answer.status} to GetWorkGroup`);
      return readWorkGroup(name, answer.body);
    };
  }

  async function answer(request: IncomingMessage, body: string): Promise<Answer> {
    if (request.method === 'GET' && request.url === '/health') {
      await runToEnd(settings.trinoUrl);
      return { status: 200, body: '{"status":"ok"}' };
    }
    const target = String(request.headers['x-amz-target'] ?? '');
    if (request.method !== 'POST' || !target.startsWith('AmazonAthena.')) {
      throw new ApiError('UnknownOperationException', 'this server speaks the JSON API of Amazon Athena', 404);
    }
    const input = parse(body);
    const reply = async (): Promise<object | undefined> => {
      switch (target.slice('AmazonAthena.'.length)) {
        case 'StartQueryExecution':
          return startQueryExecution(input, ports, workGroupReader(request.headers));
        case 'GetQueryExecution':
          return getQueryExecution(input, ports);
        case 'BatchGetQueryExecution':
          return batchGetQueryExecution(input, ports);
        case 'ListQueryExecutions':
          return listQueryExecutions(input, ports);
        case 'StopQueryExecution':
          return stopQueryExecution(input, ports);
        case 'GetQueryResults':
          return getQueryResults(input, ports);
        default:
          return undefined;
      }
    };
    const own = await reply();
    return own ? { status: 200, body: JSON.stringify(own) } : forward(target, body, request.headers);
  }

  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => answer(request, body))
      .catch(failure)
      .then((result) => send(response, result));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, '127.0.0.1', resolve);
  });
  return {
    server,
    async stop() {
      server.close();
      await runner.shutDown();
      server.closeAllConnections();
      s3.destroy();
    },
  };
}

/** What GetWorkGroup says; a template's booleans and numbers may arrive as text. */
export function readWorkGroup(name: string, body: string): WorkGroup {
  const { WorkGroup: group } = JSON.parse(body) as {
    WorkGroup: {
      State?: string;
      Configuration?: {
        EnforceWorkGroupConfiguration?: boolean | string;
        BytesScannedCutoffPerQuery?: number | string;
        ResultConfiguration?: { OutputLocation?: string };
      };
    };
  };
  const configuration = group.Configuration ?? {};
  const cutoff = configuration.BytesScannedCutoffPerQuery;
  return {
    name,
    disabled: group.State === 'DISABLED',
    enforced: String(configuration.EnforceWorkGroupConfiguration) === 'true',
    outputLocation: configuration.ResultConfiguration?.OutputLocation,
    bytesCutoff: cutoff === undefined ? undefined : Number(cutoff),
  };
}

/** Runs a real query; throws if Trino does not answer it. */
async function runToEnd(trinoUrl: string): Promise<void> {
  const engine = trinoEngine(trinoUrl, { patienceMillis: 2000, user: 'health' });
  try {
    let page = await engine.submit('SELECT 1', {});
    while (page.nextUri) page = await engine.next(page.nextUri);
  } catch (error) {
    throw new ApiError('InternalServerException', (error as Error).message, 503);
  }
}

function parse(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body || '{}') as Record<string, unknown>;
  } catch {
    throw new ApiError('SerializationException', 'the request is not JSON');
  }
}

function failure(error: unknown): Answer {
  if (error instanceof ApiError) {
    return {
      status: error.status,
      type: error.type,
      body: JSON.stringify({ __type: error.type, Message: error.message, message: error.message }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  log(`error: ${error instanceof Error ? error.stack : message}`);
  return {
    status: 500,
    type: 'InternalServerException',
    body: JSON.stringify({ __type: 'InternalServerException', Message: message, message }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, {
    'content-type': 'application/x-amz-json-1.1',
    ...(answer.type ? { 'x-amzn-errortype': answer.type } : {}),
  });
  response.end(answer.body);
}

function log(message: string): void {
  console.log(`${new Date().toISOString()} ${message}`);
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const { stop } = await startServer(settings);
  log(`Athena's API listens at http://127.0.0.1:${settings.port}, in front of ${settings.trinoUrl}`);
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      stop().then(
        () => process.exit(0),
        (error) => {
          log(`error while stopping: ${error}`);
          process.exit(1);
        },
      );
    });
  }
}

if (import.meta.main) {
  main().catch((error: Error) => {
    log(`cannot start: ${error.message}`);
    process.exit(1);
  });
}
