import { createHash } from 'node:crypto';
import { queryFailure } from './athena-failure.ts';
import { ServiceUnavailableError } from './errors.ts';
import type { Clock } from './ledger/store.ts';
import type { Athena, QueryStatus } from './ports.ts';

/** A client request token (32–128 characters, Athena's rule) that is the same for the same parts. */
export const clientToken = (...parts: (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** Polls a query, more and more slowly, until it has ended or the time is up; then the status says `running`. */
export async function poll(athena: Athena, clock: Clock, queryId: string, milliseconds: number): Promise<QueryStatus> {
  const deadline = clock.now().getTime() + milliseconds;
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 2000)) {
    const status = await athena.get(queryId);
    if (status.state !== 'running' || clock.now().getTime() + pause > deadline) return status;
    await clock.sleep(pause);
  }
}

/**
 * Runs a short statement to its end and returns its id: DDL on first use, look-ups. Throws what the failure means, and
 * ServiceUnavailableError when it has not ended after `milliseconds`; repeating it is safe, since the token is new. What
 * nobody waits for any more is told to `stop`, if that is given.
 */
export async function runQuery(
  athena: Athena,
  clock: Clock,
  what: string,
  sql: string,
  milliseconds = 120_000,
  stop?: (queryId: string) => Promise<void>,
): Promise<{ queryId: string; bytesScanned: number }> {
  const queryId = await athena.start(sql, clientToken(sql, clock.now().getTime(), clock.random()));
  const status = await poll(athena, clock, queryId, milliseconds);
  if (status.state === 'succeeded') return { queryId, bytesScanned: status.bytesScanned };
  if (status.state === 'running') {
    await stop?.(queryId);
    throw new ServiceUnavailableError(`${what} (Athena query ${queryId}) still runs after ${milliseconds / 1000} s`);
  }
  throw queryFailure(what, queryId, status);
}
