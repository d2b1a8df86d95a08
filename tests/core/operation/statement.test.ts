import { describe, expect, it } from '@jest/globals';
import { QueryRejectedError } from '../../../core/errors.ts';
import type { LedgerStore } from '../../../core/ledger/store.ts';
import { getOperation, newOperation, type OperationItem, writeOperation } from '../../../core/operation/item.ts';
import { maxAttempts, type OperationPorts, runStatement, settle } from '../../../core/operation/statement.ts';
import type { Athena, QueryStatus } from '../../../core/ports.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';

/** Athena with a script of how its queries end, one for each that is really started; then all succeed. */
function fakeAthena(ends: (QueryStatus | 'refused')[] = []) {
  const queries = new Map<string, { sql: string; status: QueryStatus }>();
  const athena: Athena = {
    async start(sql, token) {
      const known = queries.get(token);
      if (known !== undefined && known.sql !== sql) throw new Error('Idempotent parameters do not match');
      if (known !== undefined) return token;
      const end = ends.shift() ?? { state: 'succeeded', bytesScanned: 7 };
      if (end === 'refused') throw new QueryRejectedError('Athena refused the statement: line 1:1');
      queries.set(token, { sql, status: end });
      return token;
    },
    get: async (id) => queries.get(id)!.status,
    rows: async () => [],
    columns: async () => [],
  };
  const sent = () => [...queries.values()].map(({ sql }) => sql);
  const end = () => {
    for (const query of queries.values()) query.status = { state: 'succeeded', bytesScanned: 7 };
  };
  return { athena, sent, end };
}

const failed = (reason: string): QueryStatus => ({ state: 'failed', reason, retryable: false, bytesScanned: 1 });

async function world(fake: ReturnType<typeof fakeAthena>) {
  const ports = { ledger: memoryStore(), clock: handClock(), athena: fake.athena };
  const fresh = newOperation(ports.clock, 'x', { kind: 'undo', dataset: 'orders', run: 'run1' });
  await writeOperation(ports, fresh);
  const item = async () => (await getOperation<OperationItem>(ports.ledger, 'x'))!;
  const run = async (step: string, sql = `select '${step}'`, through: OperationPorts = ports) =>
    runStatement(through, await item(), step, `the ${step} of x`, sql, 0);
  return { ports, item, run };
}

describe('runStatement', () => {
  it('starts a query once however often it is called, and says that it is done', async () => {
    const fake = fakeAthena([{ state: 'running' }]);
    const { run, item } = await world(fake);

    const first = await run('count');
    const second = await run('count', 'select another text by now');
    fake.end();
    const third = await run('count');
    const fourth = await run('count');

    expect([first, second, third, fourth].map(({ outcome }) => outcome)).toEqual([
      'running',
      'running',
      'done',
      'done',
    ]);
    expect(fake.sent()).toEqual(["select 'count'"]);
    expect(third.bytesScanned).toBe(7);
    expect((await item()).bytes_scanned).toBe(7);
  });

  it('goes on to the next step with a query of its own', async () => {
    const fake = fakeAthena();
    const { run } = await world(fake);

    await run('count');
    const next = await run('merge');

    expect(fake.sent()).toEqual(["select 'count'", "select 'merge'"]);
    expect(next.item.statement?.step).toBe('merge');
  });

  it('tries again with a new token what passes by itself, of the text as it is then', async () => {
    const fake = fakeAthena([failed('ICEBERG_COMMIT_ERROR: somebody else')]);
    const { run } = await world(fake);

    await expect(run('merge', 'select 1')).rejects.toMatchObject({ name: 'CommitConflictError' });
    const again = await run('merge', 'select 2');

    expect(again).toMatchObject({ outcome: 'done', item: { statement: { attempt: 2 } } });
    expect(fake.sent()).toEqual(['select 1', 'select 2']);
  });

  it('gives up what should pass by itself and does not, and begins anew when a person says so', async () => {
    const fake = fakeAthena(Array<QueryStatus>(maxAttempts).fill(failed('GENERIC_INTERNAL_ERROR: as always')));
    const { run } = await world(fake);
    for (let attempt = 1; attempt < maxAttempts; attempt++) {
      await expect(run('merge')).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
    }

    await expect(run('merge')).rejects.toMatchObject({
      name: 'QueryRejectedError',
      message: expect.stringMatching(/failed 12 times.*always/),
    });

    expect(await run('merge')).toMatchObject({ outcome: 'done', item: { statement: { attempt: 1 } } });
  });

  it.each<[string, QueryStatus | 'refused']>([
    ['fails for good', failed('DIVISION_BY_ZERO: Division by zero')],
    ['is refused at once', 'refused'],
  ])('does not keep a statement that %s, so that a corrected one can follow', async (_, end) => {
    const fake = fakeAthena([end]);
    const { run } = await world(fake);
    await expect(run('merge', 'select wrong')).rejects.toMatchObject({ name: 'QueryRejectedError' });

    await run('merge', 'select right');

    expect(fake.sent().at(-1)).toBe('select right');
  });

  it('lets one of two invocations go on', async () => {
    const fake = fakeAthena([{ state: 'running' }]);
    const { ports, item } = await world(fake);
    const stale = await item();
    await runStatement(ports, await item(), 'merge', 'x', 'select 1', 0);

    await expect(runStatement(ports, stale, 'merge', 'x', 'select 1', 0)).rejects.toMatchObject({
      name: 'LeaseLostError',
    });

    expect(fake.sent()).toHaveLength(1);
  });

  // Two writes of the ledger, one start, one look, and one write of the end: each may be the last thing that is done.
  it.each(['before', 'after'].flatMap((when) => [1, 2, 3, 4, 5].map((call) => [when, call] as const)))(
    'starts one query when it stops %s its call %i and is called again',
    async (when, call) => {
      const fake = fakeAthena();
      const { ports, run, item } = await world(fake);
      let calls = 0;
      const stopping =
        <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
        async (...args: A): Promise<R> => {
          calls += 1;
          if (calls === call && when === 'before') throw new Error('stopped');
          const result = await work(...args);
          if (calls === call) throw new Error('stopped');
          return result;
        };
      const mortal: OperationPorts = {
        ...ports,
        ledger: { ...ports.ledger, write: stopping(ports.ledger.write) } as LedgerStore,
        athena: { ...fake.athena, start: stopping(fake.athena.start), get: stopping(fake.athena.get) },
      };

      await expect(run('merge', 'select 1', mortal)).rejects.toThrow('stopped');
      const end = await run('merge', 'select 1');

      expect(end.outcome).toBe('done');
      expect(fake.sent()).toEqual(['select 1']);
      expect((await item()).bytes_scanned).toBe(7);
    },
  );
});

describe('settle', () => {
  it('waits for the end of what is under way, also when that fails', async () => {
    const fake = fakeAthena([{ state: 'running' }, failed('TYPE_MISMATCH')]);
    const { ports, run, item } = await world(fake);
    await run('merge');

    const under = await settle(ports, await item(), 0);
    fake.end();
    const ended = await settle(ports, await item(), 0);

    expect([under.outcome, ended.outcome]).toEqual(['running', 'done']);
  });

  it('finds a query whose id was lost', async () => {
    const fake = fakeAthena([{ state: 'running' }]);
    const { ports, run, item } = await world(fake);
    const forgetful = {
      ...ports,
      athena: {
        ...fake.athena,
        start: async (sql: string, token: string) => {
          await fake.athena.start(sql, token);
          throw new Error('lost');
        },
      },
    };
    await expect(run('merge', 'select 1', forgetful)).rejects.toThrow('lost');

    const found = await settle(ports, await item(), 0);

    expect(found).toMatchObject({ outcome: 'running', item: { statement: { query_id: expect.any(String) } } });
    expect(fake.sent()).toHaveLength(1);
  });

  it.each([
    ['refused', 'refused'],
    ['none', undefined],
  ] as const)('has nothing to wait for when the statement is %s', async (_, end) => {
    const fake = fakeAthena(end === undefined ? [] : [end]);
    const { ports, item } = await world(fake);
    if (end !== undefined) {
      const given = await item();
      await writeOperation(ports, {
        ...given,
        statement: { step: 'merge', sql: 'select 1', client_token: 't', attempt: 1 },
      });
    }

    const settled = await settle(ports, await item(), 0);

    expect(settled.outcome).toBe('done');
    expect(settled.item).toEqual(await item());
  });
});
