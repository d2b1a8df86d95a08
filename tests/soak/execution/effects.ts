import { AsyncLocalStorage } from 'node:async_hooks';
import { athena, dynamo, glue, s3, sns, stepFunctions } from '../../../aws/clients.ts';

/** One call to AWS, named so that the same call of another run of the same kind has the same name. */
export interface Call {
  run: string;
  /** State whose task makes it. */
  state: string;
  service: string;
  operation: string;
  /** What it is about: `lake staging/part-0.parquet`, `lease held, batch planned`, `merge silver.orders` … */
  target: string;
  input: Record<string, unknown>;
}

export type Send = (input?: object) => Promise<Answer>;
export type Observer = (call: Call, send: Send) => Promise<Answer>;
export interface Answer {
  output: Record<string, unknown>;
}

/** Which execution and state the calls of a task belong to. */
export const inside = new AsyncLocalStorage<{ run: string; state: string }>();

const readOnly = /^(Get|Head|List|Query|Describe|BatchGet)/;

/** Changes something, or is a poll: the calls that a task may die before or after. */
export const isEffect = ({ operation }: Call): boolean =>
  operation === 'GetQueryExecution' || !readOnly.test(operation);

export const clients = () => [s3(), athena(), glue(), dynamo(), sns(), stepFunctions()];

/** Puts an observer around each call that a task makes, outside of the retries of the SDK. */
export function observe(observer: Observer): void {
  for (const client of clients()) {
    // Each client has a stack of its own type; all of them take this.
    const { middlewareStack } = client as unknown as {
      middlewareStack: { add(middleware: unknown, at: object): void };
    };
    middlewareStack.add(
      (next: (args: object) => Promise<Answer>, context: { clientName: string; commandName: string }) =>
        async (args: { input: Record<string, unknown> }) => {
          const at = inside.getStore();
          if (at === undefined) return next(args);
          return observer(callOf(context, args.input, at), (input = args.input) => next({ ...args, input }));
        },
      { step: 'initialize', priority: 'high', name: 'observe' },
    );
  }
}

/** Text of each query by its id, so that a poll can say what it waits for. */
const statements = new Map<string, string>();

/** To be told of each query that was started. */
export const remember = (queryId: string, sql: string): void => void statements.set(queryId, statementOf(sql));

function callOf(
  { clientName, commandName }: { clientName: string; commandName: string },
  input: Record<string, unknown>,
  at: { run: string; state: string },
): Call {
  const service = clientName.replace('Client', '');
  const operation = commandName.replace(/Command$/, '');
  return { ...at, service, operation, target: targetOf(operation, input), input };
}

interface Targets {
  Key: string | object;
  TableInput: { Name: string };
  TableName: string;
  TransactItems: Change[];
  QueryString: string;
  QueryExecutionId: string;
}

function targetOf(operation: string, input: Record<string, unknown>): string {
  const { Key, TableInput, TableName, TransactItems, QueryString, QueryExecutionId } = input as Partial<Targets>;
  if (operation === 'StartQueryExecution') return statementOf(QueryString ?? '');
  if (operation.endsWith('QueryExecution')) {
    return statements.get(QueryExecutionId ?? '') ?? 'a query of an earlier attempt';
  }
  if (typeof Key === 'string') return objectOf(Key);
  if (TransactItems !== undefined) return TransactItems.map(itemOf).join(', ');
  return TableInput?.Name ?? TableName ?? '';
}

/** `merge silver.orders`: the first words up to the table, without the stage in its database's name. */
export function statementOf(sql: string): string {
  const [verb = '', ...rest] = sql
    .replace(/^\s*--.*$/gm, '')
    .trim()
    .toLowerCase()
    .split(/\s+/);
  if (verb === 'select' || verb === 'with') return 'select';
  const table = rest
    .find((word) => word.includes('.'))
    ?.replaceAll(/[`"]/g, '')
    .replace(/^[a-z]+_[a-z0-9]+_/, '');
  return table === undefined ? verb : `${verb} ${table}`;
}

function objectOf(key: string): string {
  const parts = key.split('/');
  return `${parts[0]}/${parts.at(-1)}`;
}

type Item = Record<string, unknown>;

/** Plain values, whether or not the document client has put types around them yet. */
function plain(value: unknown): unknown {
  const typed = value as { S?: string; N?: string } | undefined;
  return typed?.S ?? typed?.N ?? value;
}

interface Change {
  Put?: { Item: Item };
  Delete?: { Key: Item };
}

function itemOf({ Put, Delete }: Change): string {
  const Item = Put?.Item ?? Delete?.Key ?? {};
  const [kind, name] = String(plain(Item.pk)).split('#');
  const sk = String(plain(Item.sk)).split('#')[0]!;
  if (kind === 'file') return `file ${plain(Item.status)}`;
  if (kind === 'mart') {
    const pending = Item.pending === undefined ? '' : ' pending';
    return `mart ${name} ${Item.owner === undefined ? 'free' : 'held'}${pending}`;
  }
  if (sk === 'lease') return `lease ${Item.owner === undefined ? 'free' : 'held'}`;
  return sk === 'batch' ? `batch ${plain(Item.status)}` : sk;
}
