import { describe, expect, it } from '@jest/globals';
import type { FileItem, TableItem } from '../../core/ledger/items.ts';
import type { Stored } from '../../core/ledger/store.ts';
import { handClock, memoryStore } from '../core/incident/memory-store.ts';
import '../functions/environment.ts';

const { failedRunLedger } = await import('../../aws/report.ts');

function given(items: Partial<FileItem | TableItem>[] = []) {
  const store = memoryStore();
  for (const item of items) store.items.set(`${item.pk}\n${item.sk}`, { rev: 1, ...item } as Stored);
  const started: string[] = [];
  const startRun = async (input: string) => {
    started.push(input);
    return 'arn:successor';
  };
  const wake = { ledger: store, clock: handClock(), startRun };
  const get = <T>(pk: string, sk: string) => store.items.get(`${pk}\n${sk}`) as T | undefined;
  return { ledger: failedRunLedger(wake, ['orders'], ['daily_revenue']), started, get };
}

const file = (over: Partial<FileItem>): Partial<FileItem> => ({
  pk: 'file#f1',
  sk: 'file',
  file_id: 'f1',
  dataset: 'orders',
  status: 'received',
  run: 'arn:mine',
  ...over,
});

describe('marking the file of a failed run', () => {
  it('keeps the error with the file', async () => {
    const { ledger, get } = given([file({})]);

    await ledger.markFileFailed('f1', 'arn:mine', 'ContractError: no');

    expect(get('file#f1', 'file')).toMatchObject({ status: 'failed', error: 'ContractError: no' });
  });

  it('leaves a file alone that another run has claimed since', async () => {
    const { ledger, get } = given([file({ run: 'arn:newer' })]);

    await ledger.markFileFailed('f1', 'arn:mine', 'ContractError: no');

    expect(get('file#f1', 'file')).toMatchObject({ status: 'received' });
  });

  it.each(['staged', 'done', 'rejected'] as const)('leaves the status of a file that is %s', async (status) => {
    const { ledger, get } = given([file({ status })]);

    await ledger.markFileFailed('f1', 'arn:mine', 'QueryRejectedError: no');

    expect(get('file#f1', 'file')).toMatchObject({ status });
  });

  it('does nothing for a file that the ledger does not know', async () => {
    const { ledger, get } = given();

    await ledger.markFileFailed('f1', 'arn:mine', 'UnknownDatasetError: no');

    expect(get('file#f1', 'file')).toBeUndefined();
  });
});

describe('freeing the lease of a failed run', () => {
  const table: Partial<TableItem> = {
    pk: 'table#orders',
    sk: 'lease',
    staged_seq: 0,
    planned_seq: 0,
    token: 3,
    owner: 'arn:mine',
    expires_at: '2999-01-01T00:00:00.000Z',
  };

  it('lets go of the table at once', async () => {
    const { ledger, get } = given([table]);

    await ledger.releaseLeaseOf('arn:mine', 'orders', true);

    expect(get<TableItem>('table#orders', 'lease')?.owner).toBeUndefined();
  });

  it('does not touch the lease of another run', async () => {
    const { ledger, get } = given([{ ...table, owner: 'arn:other' }]);

    const woken = await ledger.releaseLeaseOf('arn:mine', 'orders', true);

    expect(woken).toBeUndefined();
    expect(get<TableItem>('table#orders', 'lease')?.owner).toBe('arn:other');
  });

  it('has nothing to do for a dropped file of no dataset', async () => {
    const { ledger, started, get } = given([{ ...table, owner: 'arn:other' }]);

    const woken = await ledger.releaseLeaseOf('arn:mine', 'ordres', true);

    expect([woken, started]).toEqual([undefined, []]);
    expect(get<TableItem>('table#orders', 'lease')?.owner).toBe('arn:other');
  });

  it('frees whatever a run held that is about no one dataset, such as maintenance', async () => {
    const mart = { pk: 'mart#daily_revenue', sk: 'state', owner: 'arn:mine', expires_at: '2999-01-01T00:00:00.000Z' };
    const { ledger, get } = given([table, mart as Partial<TableItem>]);

    await ledger.releaseLeaseOf('arn:mine', '-', true);

    expect(get<TableItem>('table#orders', 'lease')?.owner).toBeUndefined();
    expect(get<TableItem>('mart#daily_revenue', 'state')?.owner).toBeUndefined();
  });
});
