import { queryFailure } from '../athena-failure.ts';
import { QueryRejectedError, RetryableError, TerminalError } from '../errors.ts';
import type { Clock, LedgerStore } from '../ledger/store.ts';
import type { Athena } from '../ports.ts';
import { clientToken, poll } from '../run-query.ts';
import { type OperationItem, type Statement, writeOperation } from './item.ts';

export interface OperationPorts {
  ledger: LedgerStore;
  clock: Clock;
  athena: Athena;
}

/** A statement that has failed so often of what should pass by itself needs a person. */
export const maxAttempts = 12;

export interface StatementOutcome<Item> {
  outcome: 'running' | 'done';
  /** The item as it is in the ledger now. */
  item: Item;
  queryId: string;
  /** By this query; 0 while it runs. The item has the sum of all. */
  bytesScanned: number;
}

/**
 * Brings one statement of an operation as far as the time allows; `deadline` is in milliseconds since 1970. The intent,
 * with text and token, is in the ledger before the query starts, and its id after: called again for the same step, it
 * goes on with the query that was begun, also when the answer of its start was lost, and does not look at `sql` any more.
 * Called for a step that has ended already, it says so again; so record what came of a step before calling it anew.
 * Throws what a failure means. One that may pass is tried again with a new token by the next call, at most twelve times.
 */
export async function runStatement<Item extends OperationItem>(
  ports: OperationPorts,
  given: Item,
  step: string,
  what: string,
  sql: string,
  deadline: number,
): Promise<StatementOutcome<Item>> {
  let item = given;
  const known = item.statement?.step === step ? item.statement : undefined;
  if (known === undefined || known.sql === '') item = await intend(ports, item, step, sql, known?.attempt ?? 1);
  if (item.statement!.query_id === undefined) item = await start(ports, item);
  const statement = item.statement as Statement & { query_id: string };
  const { query_id: queryId, attempt } = statement;
  if (statement.bytes_scanned !== undefined)
    return { outcome: 'done', item, queryId, bytesScanned: statement.bytes_scanned };
  const status = await poll(ports.athena, ports.clock, queryId, left(ports.clock, deadline));
  if (status.state === 'running') return { outcome: 'running', item, queryId, bytesScanned: 0 };
  if (status.state === 'succeeded') {
    const { bytesScanned } = status;
    item = await writeOperation(ports, {
      ...item,
      statement: { ...statement, bytes_scanned: bytesScanned },
      bytes_scanned: item.bytes_scanned + bytesScanned,
    });
    return { outcome: 'done', item, queryId, bytesScanned };
  }

  const error = queryFailure(what, queryId, status);
  const again = error instanceof RetryableError && attempt < maxAttempts;
  // Without a text the next call makes another attempt, of the statement as it is then.
  await writeOperation(ports, {
    ...item,
    statement: again ? { step, sql: '', client_token: '', attempt: attempt + 1 } : undefined,
  });
  if (again || !(error instanceof RetryableError)) throw error;
  throw new QueryRejectedError(`failed ${maxAttempts} times of what should pass by itself: ${error.message}`, {
    cause: error,
  });
}

const left = (clock: Clock, deadline: number) => Math.max(0, deadline - clock.now().getTime());

function intend<Item extends OperationItem>(
  ports: OperationPorts,
  item: Item,
  step: string,
  sql: string,
  attempt: number,
): Promise<Item> {
  const { clock } = ports;
  const token = clientToken(item.pk, step, attempt, item.rev, clock.now().toISOString());
  return writeOperation(ports, { ...item, statement: { step, sql, client_token: token, attempt } });
}

async function start<Item extends OperationItem>(ports: OperationPorts, item: Item): Promise<Item> {
  const statement = item.statement!;
  let queryId: string;
  try {
    queryId = await ports.athena.start(statement.sql, statement.client_token);
  } catch (error) {
    // Kept, it would be sent again after it has been corrected.
    if (error instanceof TerminalError) await writeOperation(ports, { ...item, statement: undefined });
    throw error;
  }
  return writeOperation(ports, { ...item, statement: { ...statement, query_id: queryId } });
}

/**
 * Waits until the query of the last statement has ended, however it ends: what an earlier holder of the lease has left
 * under way must not commit after what comes next. One that may have been started without its id being known is found,
 * or started, by its token.
 */
export async function settle<Item extends OperationItem>(
  ports: OperationPorts,
  given: Item,
  deadline: number,
): Promise<{ outcome: 'running' | 'done'; item: Item }> {
  let item = given;
  const { sql, bytes_scanned, query_id } = item.statement ?? { sql: '' };
  if (sql === '' || bytes_scanned !== undefined) return { outcome: 'done', item };
  try {
    if (query_id === undefined) item = await start(ports, item);
  } catch (error) {
    // Refused, it does not run.
    if (!(error instanceof TerminalError)) throw error;
    return { outcome: 'done', item: (await ports.ledger.get<Item>(item.pk, item.sk))! };
  }
  const status = await poll(ports.athena, ports.clock, item.statement!.query_id!, left(ports.clock, deadline));
  return { outcome: status.state === 'running' ? 'running' : 'done', item };
}
