import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ApiPorts, WorkGroup } from '../../../local/athena/api.ts';
import {
  batchGetQueryExecution,
  getQueryExecution,
  getQueryResults,
  listQueryExecutions,
  startQueryExecution,
  stopQueryExecution,
} from '../../../local/athena/api.ts';
import { ExecutionStore } from '../../../local/athena/executions.ts';
import { Runner, settleAbandoned } from '../../../local/athena/runner.ts';
import { EngineError, EngineUnavailableError } from '../../../local/athena/trino.ts';
import { fakeEngine } from './fake-engine.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON.
type Any = any;

function setUp(
  options: { maxRunning?: number; folder?: string; group?: Partial<WorkGroup>; engineDown?: boolean } = {},
) {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'athena-'));
  const engine = fakeEngine();
  const store = new ExecutionStore(folder);
  const files = new Map<string, string>();
  const runner = new Runner({
    store,
    engine,
    maxRunning: options.maxRunning ?? 8,
    now: () => Date.now(),
    async put(location, file) {
      if (location.includes('forbidden')) throw new Error('Access Denied');
      files.set(location, readFileSync(file, 'utf8'));
    },
  });
  const ports: ApiPorts = {
    store,
    runner,
    now: () => Date.now(),
    async pingEngine() {
      if (options.engineDown) throw new Error('the query engine does not answer');
    },
    bucketExists: async (bucket) => bucket !== 'nowhere',
  };
  const group = async (name: string): Promise<WorkGroup> => ({
    name,
    disabled: false,
    enforced: false,
    outputLocation: 's3://lake/results/',
    ...options.group,
  });
  const start = async (QueryString: string, more: object = {}) =>
    ((await startQueryExecution({ QueryString, ...more }, ports, group)) as Any).QueryExecutionId as string;
  const get = (id: string) => (getQueryExecution({ QueryExecutionId: id }, ports) as Any).QueryExecution;
  const results = (id: string, more: object = {}) =>
    getQueryResults({ QueryExecutionId: id, ...more }, ports) as Promise<Any>;
  const ended = async (id: string) => {
    while (['QUEUED', 'RUNNING'].includes(get(id).Status.State)) await new Promise((resolve) => setImmediate(resolve));
    return get(id);
  };
  return { folder, engine, store, runner, ports, files, start, get, results, ended };
}

const TOKEN = 'a-token-of-at-least-thirty-two-characters';

describe('StartQueryExecution', () => {
  it('runs the query once for the same token and request, also after a restart', async () => {
    const { engine, folder, start, ended } = setUp();

    const first = await start('SELECT 1', { ClientRequestToken: TOKEN });
    const second = await start('SELECT 1', { ClientRequestToken: TOKEN });
    await engine.waitFor(1);
    engine.queries[0]!.end();
    await ended(first);
    const restarted = setUp({ folder });
    const third = await restarted.start('SELECT 1', { ClientRequestToken: TOKEN });

    expect([second, third]).toEqual([first, first]);
    expect(engine.queries).toHaveLength(1);
    expect(restarted.engine.queries).toHaveLength(0);
  });

  it('runs the query once when two requests with one token come at the same moment', async () => {
    const { engine, start } = setUp();

    const ids = await Promise.all([1, 2, 3].map(() => start('SELECT 1', { ClientRequestToken: TOKEN })));

    expect(new Set(ids).size).toBe(1);
    expect(engine.queries).toHaveLength(1);
  });

  it('refuses another request with a token that was used', async () => {
    const { start } = setUp();

    await start('SELECT 1', { ClientRequestToken: TOKEN });
    const other = start('SELECT 2', { ClientRequestToken: TOKEN });

    await expect(other).rejects.toMatchObject({
      type: 'InvalidRequestException',
      message: 'Idempotent parameters do not match',
    });
  });

  it.each([
    ['more than 262144 bytes', 'é'.repeat(131_073), {}, "Value at 'queryString' failed to satisfy constraint"],
    ['no query', '', {}, 'greater than or equal to 1'],
    ['a short token', 'SELECT 1', { ClientRequestToken: 'short' }, "Value at 'clientRequestToken'"],
    ['another catalog', 'SELECT 1', { QueryExecutionContext: { Catalog: 'hive' } }, 'Catalog hive was not found'],
    [
      'a bucket that is not there',
      'SELECT 1',
      { ResultConfiguration: { OutputLocation: 's3://nowhere/' } },
      'Unable to verify/create output bucket nowhere',
    ],
    ['a location that is none', 'SELECT 1', { ResultConfiguration: { OutputLocation: '/tmp' } }, 'not a valid S3 path'],
  ])('refuses %s', async (_what, sql, more, message) => {
    const { start } = setUp();

    const started = start(sql, more);

    await expect(started).rejects.toMatchObject({
      type: 'InvalidRequestException',
      status: 400,
      message: expect.stringContaining(message),
    });
  });

  it('takes a query of exactly 262144 bytes', async () => {
    const { start } = setUp();

    const id = await start(`SELECT '${'x'.repeat(262_144 - 9)}'`);

    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers as a failing service while the engine is down, and keeps nothing', async () => {
    const { start, store } = setUp({ engineDown: true });

    const started = start('SELECT 1', { ClientRequestToken: TOKEN });

    await expect(started).rejects.toMatchObject({ type: 'InternalServerException', status: 500 });
    expect(store.all()).toEqual([]);
  });

  it.each([
    ['the request', false, 's3://mine/here/'],
    ['the workgroup, when it enforces its own', true, 's3://lake/results/'],
  ])('takes the output location from %s', async (_whose, enforced, folder) => {
    const { start, get } = setUp({ group: { enforced } });

    const id = await start('SELECT 1', { ResultConfiguration: { OutputLocation: 's3://mine/here' } });

    expect(get(id).ResultConfiguration.OutputLocation).toBe(`${folder}${id}.csv`);
  });

  it('refuses a disabled workgroup', async () => {
    const { start } = setUp({ group: { disabled: true } });

    await expect(start('SELECT 1', { WorkGroup: 'off' })).rejects.toThrow('WorkGroup off is disabled.');
  });

  it('binds parameters', async () => {
    const { engine, start } = setUp();

    await start("SELECT 'it''s' = ?", { ExecutionParameters: ["'x'", '5'] });

    expect(engine.queries[0]?.sql).toBe("EXECUTE IMMEDIATE 'SELECT ''it''''s'' = ?' USING 'x', 5");
  });
});

describe('a running query', () => {
  it('ends without being asked for, and leaves its rows as a file', async () => {
    const { engine, files, start, ended } = setUp();

    const id = await start('SELECT a FROM t');
    engine.queries[0]!.end({ rows: [['x'], ['y']], bytes: 12 });
    const execution = await ended(id);

    expect(execution).toMatchObject({
      Status: { State: 'SUCCEEDED' },
      Statistics: { DataScannedInBytes: 12 },
      StatementType: 'DML',
    });
    expect(execution.Status.CompletionDateTime).toBeGreaterThanOrEqual(execution.Status.SubmissionDateTime);
    expect(files.get(`s3://lake/results/${id}.csv`)).toBe('"a"\n"x"\n"y"\n');
  });

  it("fails with the engine's name for it, and Athena's category", async () => {
    const { engine, start, ended } = setUp();

    const user = await start('SELECT a FROM t');
    const commit = await start('UPDATE t SET a = 1');
    engine.queries[0]!.end({
      error: new EngineError('TABLE_NOT_FOUND', 'USER_ERROR', "line 1:15: Table 't' does not exist"),
    });
    engine.queries[1]!.end({ error: new EngineError('ICEBERG_COMMIT_ERROR', 'EXTERNAL', 'Failed to commit') });

    expect((await ended(user)).Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: "TABLE_NOT_FOUND: line 1:15: Table 't' does not exist",
      AthenaError: { ErrorCategory: 2, ErrorType: 1000, Retryable: false },
    });
    expect((await ended(commit)).Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: 'ICEBERG_COMMIT_ERROR: Failed to commit',
      AthenaError: { ErrorType: 233 },
    });
  });

  it('fails with a reason when the engine goes away, or the statement is none', async () => {
    const { engine, start, ended } = setUp();

    const lost = await start('SELECT 1');
    const wrong = await start('SELEC 1');
    engine.queries[0]!.end({ error: new EngineUnavailableError('Trino does not answer') });

    expect((await ended(lost)).Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: 'Query engine is not available: Trino does not answer',
      AthenaError: { ErrorCategory: 1, Retryable: true },
    });
    expect((await ended(wrong)).Status.StateChangeReason).toBe('line 1:1: Athena has no statement SELEC');
  });

  it('fails when its results cannot be written', async () => {
    const { engine, start, ended } = setUp();

    const id = await start('SELECT 1', { ResultConfiguration: { OutputLocation: 's3://forbidden/' } });
    engine.queries[0]!.end({ rows: [['1']] });

    expect((await ended(id)).Status).toMatchObject({ State: 'FAILED', AthenaError: { ErrorType: 401 } });
  });

  it('waits as QUEUED when as many run as may', async () => {
    const { engine, start, get, ended } = setUp({ maxRunning: 2 });

    const ids = [await start('SELECT 1'), await start('SELECT 2'), await start('SELECT 3')];
    const before = ids.map((id) => get(id).Status.State);
    engine.queries[0]!.end();
    await ended(ids[0]!);
    await engine.waitFor(3);

    expect(before).toEqual(['RUNNING', 'RUNNING', 'QUEUED']);
    expect(get(ids[2]!).Status.State).toBe('RUNNING');
  });

  it('asks for several statements one after the other, and remembers properties only once they are done', async () => {
    const { engine, store, start, ended } = setUp();

    const set = await start("ALTER TABLE t SET TBLPROPERTIES ('vacuum_max_snapshot_age_seconds'='60')");
    const before = store.tableProperties('default.t');
    engine.queries[0]!.end();
    await ended(set);
    const vacuum = await start('VACUUM t');
    engine.queries[1]!.end();
    await engine.waitFor(3);
    engine.queries[2]!.end();
    await ended(vacuum);

    expect(before).toEqual({});
    expect(engine.queries.slice(1).map((query) => query.sql)).toEqual([
      expect.stringContaining("expire_snapshots(retention_threshold => '60s')"),
      expect.stringContaining('remove_orphan_files'),
    ]);
  });

  it('is stopped when it scans more than the workgroup allows', async () => {
    const { start, ended, engine } = setUp({ group: { bytesCutoff: 10 } });
    const { submit } = engine;
    engine.submit = async (sql, session) => {
      const page = await submit.call(engine, sql, session);
      return { ...page, progress: { ...page.progress, bytesScanned: 11 } };
    };

    const id = await start('SELECT 1');

    expect((await ended(id)).Status).toMatchObject({
      State: 'CANCELLED',
      StateChangeReason: 'Bytes scanned limit was exceeded',
    });
  });
});

describe('StopQueryExecution', () => {
  it('cancels in the engine', async () => {
    const { engine, ports, start, ended } = setUp();

    const id = await start('SELECT 1');
    await new Promise((resolve) => setImmediate(resolve));
    await stopQueryExecution({ QueryExecutionId: id }, ports);

    expect((await ended(id)).Status.State).toBe('CANCELLED');
    expect(engine.queries[0]?.cancelled).toBe(true);
  });

  it('tells the truth when the commit was faster', async () => {
    const { engine, ports, start, ended } = setUp();

    const id = await start('UPDATE t SET a = 1');
    await new Promise((resolve) => setImmediate(resolve));
    engine.queries[0]!.end({ updateCount: 7 });
    await stopQueryExecution({ QueryExecutionId: id }, ports);

    expect((await ended(id)).Status.State).toBe('SUCCEEDED');
  });

  it('takes a waiting query out of the queue, and leaves a finished one alone', async () => {
    const { engine, ports, start, get, ended } = setUp({ maxRunning: 1 });

    const [first, second] = [await start('SELECT 1'), await start('SELECT 2')];
    await stopQueryExecution({ QueryExecutionId: second }, ports);
    engine.queries[0]!.end();
    await ended(first!);
    await stopQueryExecution({ QueryExecutionId: first }, ports);

    expect([get(first!).Status.State, get(second!).Status.State]).toEqual(['SUCCEEDED', 'CANCELLED']);
    expect(engine.queries).toHaveLength(1);
  });
});

describe('GetQueryResults', () => {
  it('gives pages of at most MaxResults rows, the header among them', async () => {
    const { engine, start, results, ended } = setUp();
    const rows = Array.from({ length: 2500 }, (_, index) => [`row ${index} ü`]);

    const id = await start('SELECT a FROM t');
    engine.queries[0]!.end({ rows });
    await ended(id);
    const seen: string[] = [];
    const sizes: number[] = [];
    let NextToken: string | undefined;
    do {
      const page = await results(id, { NextToken });
      sizes.push(page.ResultSet.Rows.length);
      seen.push(...page.ResultSet.Rows.map((row: Any) => row.Data[0].VarCharValue));
      NextToken = page.NextToken;
    } while (NextToken);

    expect(sizes).toEqual([1000, 1000, 501]);
    expect(seen).toEqual(['a', ...rows.flat()]);
  });

  it('leaves the value out for NULL', async () => {
    const { engine, start, results, ended } = setUp();

    const id = await start('SELECT a FROM t');
    engine.queries[0]!.end({ rows: [[null as unknown as string], ['']] });
    await ended(id);
    const page = await results(id);

    expect(page.ResultSet.Rows.slice(1)).toEqual([{ Data: [{}] }, { Data: [{ VarCharValue: '' }] }]);
  });

  it('has no header for SHOW, and only a count for a change of rows', async () => {
    const { engine, start, results, ended } = setUp();

    const show = await start('SHOW TABLES');
    const update = await start('UPDATE t SET a = 1');
    engine.queries[0]!.end({ rows: [['orders']] });
    engine.queries[1]!.end({ updateCount: 7 });
    await Promise.all([ended(show), ended(update)]);

    expect((await results(show)).ResultSet.Rows).toEqual([{ Data: [{ VarCharValue: 'orders' }] }]);
    expect(await results(update)).toMatchObject({ UpdateCount: 7, ResultSet: { Rows: [] } });
  });

  it.each([
    ['more than 1000 rows', { MaxResults: 1001 }, 'MaxResults is more than maximum allowed length 1000.'],
    ['none', { MaxResults: 0 }, 'MaxResults must be at least 1.'],
    ['a page that is not there', { NextToken: 'x' }, 'NextToken is not valid'],
  ])('refuses to give %s', async (_what, more, message) => {
    const { engine, start, results, ended } = setUp();

    const id = await start('SELECT a FROM t');
    engine.queries[0]!.end();
    await ended(id);

    await expect(results(id, more)).rejects.toThrow(message);
  });

  it('refuses while the query runs, and after it failed', async () => {
    const { engine, start, results, ended } = setUp();

    const id = await start('SELECT a FROM t');
    await expect(results(id)).rejects.toThrow('Query has not yet finished. Current state: RUNNING');
    engine.queries[0]!.end({ error: new EngineError('X', 'USER_ERROR', 'y') });
    await ended(id);

    await expect(results(id)).rejects.toThrow('Query did not finish successfully. Final query state: FAILED');
  });
});

describe('lists', () => {
  it('names the queries of a workgroup, newest first, by pages', async () => {
    const { ports, start } = setUp();

    const ids = [await start('SELECT 1'), await start('SELECT 2'), await start('SELECT 3')];
    await start('SELECT 4', { WorkGroup: 'other' });
    const first = listQueryExecutions({ MaxResults: 2 }, ports) as Any;
    const second = listQueryExecutions({ MaxResults: 2, NextToken: first.NextToken }, ports) as Any;

    expect([...first.QueryExecutionIds, ...second.QueryExecutionIds]).toEqual([...ids].reverse());
    expect(second.NextToken).toBeUndefined();
  });

  it('says which ids of a batch are unknown', async () => {
    const { ports, start } = setUp();

    const id = await start('SELECT 1');
    const batch = batchGetQueryExecution({ QueryExecutionIds: [id, 'nope'] }, ports) as Any;

    expect(batch.QueryExecutions.map((one: Any) => one.QueryExecutionId)).toEqual([id]);
    expect(batch.UnprocessedQueryExecutionIds).toMatchObject([{ QueryExecutionId: 'nope' }]);
    expect(() => getQueryExecution({ QueryExecutionId: 'nope' }, ports)).toThrow('QueryExecution nope was not found');
  });
});

describe('a restart', () => {
  it('still answers for what had finished', async () => {
    const { engine, folder, start, ended } = setUp();

    const id = await start('SELECT a FROM t');
    engine.queries[0]!.end({ rows: [['x']] });
    const before = await ended(id);
    const restarted = setUp({ folder });

    expect(restarted.get(id)).toEqual(before);
    expect((await restarted.results(id)).ResultSet.Rows).toHaveLength(2);
  });

  it.each([
    ['FAILED', 'it was stopped before it could commit'],
    ['FINISHED', 'Trino had finished it: what it changed is committed'],
    [undefined, 'whether it committed is not known'],
  ])('marks what was running as FAILED once Trino has ended it (%s)', async (state, fate) => {
    const { folder, start } = setUp();

    const id = await start('UPDATE t SET a = 1');
    await new Promise((resolve) => setImmediate(resolve));
    const { store, engine, get } = setUp({ folder });
    const asked: string[] = [];
    engine.end = async (queryId) => {
      asked.push(queryId);
      return state;
    };
    await settleAbandoned({ store, engine, now: () => Date.now() });

    expect(asked).toEqual(['q0']);
    expect(get(id).Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: expect.stringContaining(fate),
      AthenaError: { Retryable: true },
    });
  });

  it('stops what runs when it is asked to end', async () => {
    const { engine, runner, start, get } = setUp({ maxRunning: 1 });

    const [running, waiting] = [await start('SELECT 1'), await start('SELECT 2')];
    await new Promise((resolve) => setImmediate(resolve));
    await runner.shutDown();

    expect(engine.queries.map((query) => query.cancelled)).toEqual([true]);
    expect([get(running!).Status.State, get(waiting!).Status.State]).toEqual(['FAILED', 'FAILED']);
    expect(get(running!).Status.StateChangeReason).toContain('was shut down');
  });

  it('forgets queries after 45 days, as Athena does', async () => {
    const { engine, folder, start, ended } = setUp();

    const id = await start('SELECT 1');
    engine.queries[0]!.end();
    await ended(id);
    const later = new ExecutionStore(folder, Date.now() / 1000 + 46 * 24 * 3600);

    expect(later.get(id)).toBeUndefined();
  });
});
