import { Readable } from 'node:stream';
import { TooManyRequestsException } from '@aws-sdk/client-athena';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { ThrottlingException } from '@aws-sdk/client-glue';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { type Random, randomFrom } from '../../../core/generate/random.ts';
import { type Answer, type Call, clients, inside } from './effects.ts';

export interface FaultPlan {
  seed: number | string;
  /** Share of the requests that are refused, or whose answer is lost: the SDK's own retries see these. */
  wire?: number;
  /** Share of DynamoDB's transactions that are cancelled for throttling, which the SDK does not try again. */
  cancelled?: number;
  /** Share of the calls of functions that are refused, or whose answer is lost. */
  invocations?: number;
  /** The answer to the first request of each StartQueryExecution is lost. */
  loseStarts?: boolean;
  /** Every such call fails with this, as after the SDK has given up. */
  always?: { state: string; operation: string; fault: keyof typeof givenUp };
  /** Every call of the function of this state is refused. */
  refuse?: { state: string };
  /** Changes the text of each MERGE. */
  alter?: { find: string; replace: string };
}

export interface Faults {
  /** How often each kind of fault was injected. */
  injected: Record<string, number>;
  around(call: Call, send: (input?: object) => Promise<Answer>): Promise<Answer>;
  invoking<T>(state: string, call: () => Promise<T>): Promise<T>;
  onWire(request: WireRequest, send: () => Promise<Wire>): Promise<Wire>;
}

interface Wire {
  response: unknown;
}

interface WireRequest {
  service: string;
  operation: string;
  /** Athena's ClientRequestToken. */
  token: unknown;
}

const $metadata = { httpStatusCode: 400, attempts: 8 };

/** What a client throws when its own retries have come to nothing. */
export const givenUp = {
  'Athena TooManyRequestsException': () => new TooManyRequestsException({ message: 'Rate exceeded', $metadata }),
  'Glue ThrottlingException': () => new ThrottlingException({ message: 'Rate exceeded', $metadata }),
  'DynamoDB ThrottlingError': () =>
    new TransactionCanceledException({
      message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [ThrottlingError]',
      CancellationReasons: [{ Code: 'ThrottlingError', Message: 'Throughput exceeds the current capacity' }],
      $metadata,
    }),
  'S3 SlowDown': () =>
    new S3ServiceException({
      name: 'SlowDown',
      $fault: 'server',
      message: 'Please reduce your request rate.',
      $metadata: { httpStatusCode: 503, attempts: 5 },
    }),
  'connection refused': () => Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:443'), { code: 'ECONNREFUSED' }),
};

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

const json = (type: string, more: object = {}) => ({
  statusCode: 400,
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'injected' },
  body: Readable.from([Buffer.from(JSON.stringify({ __type: type, message: 'Rate exceeded', ...more }))]),
});

const xml = (statusCode: number, body: string) => ({
  statusCode,
  headers: { 'content-type': 'application/xml', 'x-amz-request-id': 'injected' },
  body: Readable.from([Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`)]),
});

const dynamoType = 'com.amazonaws.dynamodb.v20120810#';

/** How each service asks to be left alone, as it comes over the wire. */
const refusals: Record<string, (random: Random) => { name: string; response: unknown }> = {
  Athena: (random) => {
    const name = random.pick(['TooManyRequestsException', 'ThrottlingException']);
    return { name, response: json(name) };
  },
  Glue: () => ({ name: 'ThrottlingException', response: json('ThrottlingException') }),
  DynamoDB: (random) => {
    const name = random.pick(['ThrottlingException', 'ProvisionedThroughputExceededException']);
    return { name, response: json(`${dynamoType}${name}`) };
  },
  SFN: () => ({ name: 'ThrottlingException', response: json('ThrottlingException') }),
  SNS: () => ({
    name: 'Throttling',
    response: xml(
      400,
      '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>injected</RequestId></ErrorResponse>',
    ),
  }),
  S3: () => ({
    name: 'SlowDown',
    response: xml(503, '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>'),
  }),
};

const cancelled = () =>
  json(`${dynamoType}TransactionCanceledException`, {
    Message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [ThrottlingError]',
    CancellationReasons: [{ Code: 'ThrottlingError', Message: 'Throughput exceeds the current capacity' }],
  });

/** The connection broke while the answer was awaited: nobody knows whether the call took effect. */
const hangUp = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', name: 'TimeoutError' });

/** Decides, from a seed, which calls fail and how. */
export function plannedFaults(plan: FaultPlan): Faults {
  const random = randomFrom(String(plan.seed));
  const injected: Record<string, number> = {};
  const count = (kind: string) => {
    injected[kind] = (injected[kind] ?? 0) + 1;
  };
  const meets = (share: number | undefined) => share !== undefined && random.next() < share;
  const lost = async (kind: string, send: () => Promise<Wire>): Promise<Wire> => {
    const { response } = await send();
    // Unread, its body would keep the connection.
    (response as { body?: Partial<Readable> }).body?.destroy?.();
    count(kind);
    throw hangUp();
  };
  const lostStarts = new Set<unknown>();

  return {
    injected,

    async around(call, send) {
      const { always, alter } = plan;
      if (always?.state === call.state && always.operation === call.operation) {
        count(always.fault);
        throw givenUp[always.fault]();
      }
      const text = String(call.input.QueryString ?? '');
      if (alter !== undefined && call.operation === 'StartQueryExecution' && /^merge into/im.test(text)) {
        const QueryString = text.replace(alter.find, alter.replace);
        if (QueryString !== text) count('altered MERGE');
        return send({ ...call.input, QueryString });
      }
      return send();
    },

    async invoking(state, call) {
      if (plan.refuse?.state === state) {
        count('Lambda TooManyRequestsException');
        throw named('Lambda.TooManyRequestsException', 'Rate Exceeded.');
      }
      if (!meets(plan.invocations)) return call();
      if (random.next() < 0.5) {
        count('Lambda TooManyRequestsException');
        throw named('Lambda.TooManyRequestsException', 'Rate Exceeded.');
      }
      await call();
      count('answer of a function lost');
      throw named('Lambda.SdkClientException', 'Unable to execute HTTP request: Read timed out');
    },

    async onWire({ service, operation, token }, send) {
      if (operation === 'TransactWriteItems' && meets(plan.cancelled)) {
        count('DynamoDB TransactionCanceledException (ThrottlingError)');
        return { response: cancelled() };
      }
      if (plan.loseStarts && operation === 'StartQueryExecution' && !lostStarts.has(token)) {
        lostStarts.add(token);
        return lost('first answer of StartQueryExecution lost', send);
      }
      if (!meets(plan.wire)) return send();
      if (random.next() < 0.5) return lost(`answer of ${service} lost`, send);
      const { name, response } = refusals[service]!(random);
      count(`${service} ${name}`);
      return { response };
    },
  };
}

/** Puts the faults between the SDK's retries and the network. */
export function injectOnWire(faults: () => Faults): void {
  for (const client of clients()) {
    const { middlewareStack } = client as unknown as {
      middlewareStack: { add(middleware: unknown, at: object): void };
    };
    middlewareStack.add(
      (next: (args: object) => Promise<Wire>, context: { clientName: string; commandName: string }) =>
        async (args: { input: { ClientRequestToken?: string } }) => {
          if (inside.getStore() === undefined) return next(args);
          const service = context.clientName.replace('Client', '');
          const operation = context.commandName.replace(/Command$/, '');
          return faults().onWire({ service, operation, token: args.input.ClientRequestToken }, () => next(args));
        },
      { step: 'deserialize', priority: 'low', name: 'inject' },
    );
  }
}
