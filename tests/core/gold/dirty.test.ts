import { describe, expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../../aws/project-files.ts';
import { RetryableError } from '../../../core/errors.ts';
import { forgetMarts } from '../../../core/gold/forget.ts';
import { releaseMart } from '../../../core/gold/lease.ts';
import { parseMarts } from '../../../core/gold/mart.ts';
import { type GoldPorts, refreshMarts } from '../../../core/gold/refresh.ts';
import type { MartItem } from '../../../core/ledger/items.ts';
import { getTable } from '../../../core/ledger/table.ts';
import type { QueryStatus } from '../../../core/ports.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';

const files = readSqlFiles();
const datasets = readDatasets();
const marts = parseMarts(files, datasets).filter(({ name }) => name === 'daily_revenue');
const columns = ['order_date', 'orders', 'customers', 'units', 'revenue'];
const isQuestion = (sql: string) => sql.includes('select distinct dirty');

/** A mart that is built from batch 1, with batch 2 committed; `control.question` is how the query for dirty days goes. */
async function behind() {
  const ledger = memoryStore();
  const clock = handClock();
  const sent: string[] = [];
  const control = {
    question: { state: 'succeeded', bytesScanned: 1 } as QueryStatus,
    /** What the questions to come are answered; after these, always the same day. */
    answers: [] as string[][],
  };
  const ports: GoldPorts = {
    ledger,
    clock,
    athena: {
      start: async (sql) => String(sent.push(sql)),
      get: async (id) =>
        isQuestion(sent[Number(id) - 1]!) ? control.question : { state: 'succeeded', bytesScanned: 1 },
      rows: async () => (control.answers.shift() ?? ['2026-03-01']).map((day) => [day]),
      columns: async () => [],
    },
    files,
    databases: { staging: 'st', silver: 'si', gold: 'go', ops: 'op' },
    bucket: 'lake',
    datasets,
    marts,
    pollMilliseconds: 0,
    catalog: {
      exists: async () => true,
      columns: async () => columns.map((name) => ({ name, type: name === 'order_date' ? 'date' : 'string' })),
      currentSnapshot: async () => '1',
      ensureStagingTable: async () => undefined,
      registerQuarantine: async () => undefined,
    },
  };
  const commit = async (n: number) => {
    const committed = { snapshot_id: String(n), batch_seq: n };
    await ledger.write([{ ...(await getTable(ledger, 'orders')), committed }] as never);
  };
  const refresh = (run: string) => refreshMarts(ports, 'orders', run).then(({ outcome }) => outcome);
  const item = async () => (await ledger.get<MartItem>('mart#daily_revenue', 'state'))!;
  await commit(1);
  await refresh('run1');
  await commit(2);
  sent.length = 0;
  const questions = () => sent.filter(isQuestion).length;
  const merges = () =>
    sent
      .filter((sql) => sql.startsWith('merge'))
      .map((sql) => `${/version as of (\d)/.exec(sql)![1]} ${sql.includes("date '2026-03-01'") ? 'in part' : 'whole'}`);
  return { ports, clock, control, commit, refresh, item, questions, merges };
}

const running: QueryStatus = { state: 'running' };
const succeeded: QueryStatus = { state: 'succeeded', bytesScanned: 1 };
const failed = (reason: string, retryable = false): QueryStatus => ({
  ...{ state: 'failed', reason, retryable, bytesScanned: 0 },
});

describe('the question what has changed', () => {
  it('may take longer than a call, and is asked once', async () => {
    const { control, refresh, questions, merges, item } = await behind();
    control.question = running;

    const first = [await refresh('run2'), await refresh('run2')];
    control.question = succeeded;
    const last = await refresh('run2');

    expect([...first, last]).toEqual(['running', 'running', 'refreshed']);
    expect(questions()).toBe(1);
    expect(merges()).toEqual(['2 in part']);
    expect(await item()).toMatchObject({ sources: { orders: { batch_seq: 2 } } });
    expect((await item()).asked).toBeUndefined();
  });

  it('is taken over by another run, which then asks for what was committed since', async () => {
    const { ports, control, commit, refresh, questions, merges, item } = await behind();
    control.question = running;
    await refresh('run2');
    await releaseMart(ports, 'daily_revenue', 'run2');
    await commit(3);
    control.question = succeeded;

    const outcome = await refresh('run3');

    expect(outcome).toBe('refreshed');
    expect(questions()).toBe(2);
    expect(merges()).toEqual(['2 in part', '3 in part']);
    expect((await item()).sources.orders!.batch_seq).toBe(3);
  });

  it('is asked for what was committed since, too, when nothing had changed until then', async () => {
    const { control, commit, refresh, questions, merges, item } = await behind();
    control.question = running;
    await refresh('run2');
    await commit(3);
    control.question = succeeded;
    control.answers = [[], ['2026-03-01']];

    const outcome = await refresh('run2');

    expect(outcome).toBe('refreshed');
    expect(questions()).toBe(2);
    expect(merges()).toEqual(['3 in part']);
    expect((await item()).sources.orders!.batch_seq).toBe(3);
  });

  it('is asked anew after it failed, and when the answer is too old to be kept', async () => {
    const { clock, control, refresh, questions, merges } = await behind();
    control.question = failed('Query exhausted resources', true);
    await expect(refresh('run2')).rejects.toThrow(RetryableError);
    control.question = running;
    await refresh('run2');
    clock.advance(3601);
    await refresh('run2');
    expect(questions()).toBe(3);
    control.question = succeeded;

    await refresh('run2');

    expect(questions()).toBe(3);
    expect(merges()).toEqual(['2 in part']);
  });

  it('is not needed when the snapshot before has expired: all is recomputed', async () => {
    const { control, refresh, merges } = await behind();
    control.question = failed('INVALID_ARGUMENTS: Iceberg snapshot ID does not exists: 1');

    expect(await refresh('run2')).toBe('refreshed');

    expect(merges()).toEqual(['2 whole']);
  });

  it('is dropped when the mart is told to forget', async () => {
    const { ports, control, refresh, questions, merges } = await behind();
    control.question = running;
    await refresh('run2');

    await forgetMarts(ports, 'orders');
    await refresh('run2');

    expect(questions()).toBe(1);
    expect(merges()).toEqual(['2 whole']);
  });
});
