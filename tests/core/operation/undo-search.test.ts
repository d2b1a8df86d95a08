import { describe, expect, it } from '@jest/globals';
import type { FileItem, TableItem } from '../../../core/ledger/items.ts';
import { stagedKey } from '../../../core/ledger/table.ts';
import { maxSqlBytes } from '../../../core/merge/statements.ts';
import { writeOperation } from '../../../core/operation/item.ts';
import { newUndo } from '../../../core/operation/undo-item.ts';
import { maxCandidates, searchFiles } from '../../../core/operation/undo-search.ts';
import { undoText } from '../../../core/operation/undo-weigh.ts';
import { memoryStore } from '../incident/memory-store.ts';
import { duckLake, fileIdOf } from './duck-lake.ts';

const stageOf = (n: number) => `${fileIdOf(n)}-1`;

/** A ledger of many merged files, and Athena that says of each stage whether its rows would be chosen. */
async function manyFiles(
  count: number,
  chosen: (n: number) => boolean,
  change: (n: number) => Partial<FileItem> = () => ({}),
) {
  const lake = await duckLake();
  const ledger = memoryStore();
  const numbers = new Map<string, number>();
  const put = (item: object) => ledger.write([item as never]);
  for (let n = 1; n <= count; n++) {
    numbers.set(stageOf(n), n);
    const file_id = fileIdOf(n);
    const at = { pk: `file#${file_id}`, sk: 'file', rev: 0, gsi1pk: 'dataset#things', gsi1sk: `${n}`.padStart(6, '0') };
    const item = {
      file_id,
      dataset: 'things',
      status: 'done',
      staged_seq: n,
      stage_id: stageOf(n),
      counts: { accepted: 1 },
    };
    await put({ ...at, ...item, ...change(n) });
    await put({ pk: 'table#things', sk: stagedKey(n), rev: 0, staged_seq: n, file_id });
  }
  await put({ pk: 'table#things', sk: 'lease', rev: 0, staged_seq: count } satisfies Partial<TableItem>);
  const asked: number[][] = [];
  let longest = 0;
  const athena = {
    ...lake.ports.athena,
    start: async (sql: string) => {
      longest = Math.max(longest, Buffer.byteLength(sql));
      const ids = [...new Set(sql.match(/[0-9a-f]{32}-\d+/g))].filter((id) => id !== stageOf(0));
      return String(asked.push(ids.map((id) => numbers.get(id)!)) - 1);
    },
    get: async () => ({ state: 'succeeded' as const, bytesScanned: 1 }),
    rows: async (id: string) => asked[Number(id)]!.map((n) => [stageOf(n), '1', chosen(n) ? '1' : '0']),
  };
  const ports = { ...lake.ports, ledger, athena };
  const file = { file_id: fileIdOf(0), dataset: 'things', stage_id: stageOf(0) } as FileItem;
  const item = await writeOperation(ports, newUndo(lake.clock, 'undo-x', file, 'run'));
  const search = () =>
    searchFiles(ports, lake.dataset, undoText(ports, lake.dataset, file, item), item, Number.MAX_SAFE_INTEGER);
  return { search, asked, longest: () => longest };
}

describe('the search for files that rows come back from', () => {
  it('asks each merged file once, however many there are, in statements that Athena takes', async () => {
    const out: Partial<FileItem>[] = [{ status: 'undone' }, { status: 'failed' }, { counts: { accepted: 0 } as never }];
    const { search, asked, longest } = await manyFiles(
      4_500,
      (n) => n % 1000 === 0,
      (n) => out[n - 1] ?? {},
    );

    const { outcome, item } = await search();

    expect(outcome).toBe('done');
    expect(asked.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 4_497 }, (_, n) => n + 4));
    expect(item.search?.file_ids.sort()).toEqual([1000, 2000, 3000, 4000].map(fileIdOf).sort());
    expect(longest()).toBeLessThan(maxSqlBytes);
  });

  it('refuses, and says what helps, when there are more than one statement can name', async () => {
    const { search } = await manyFiles(maxCandidates + 1, () => true);

    await expect(search()).rejects.toMatchObject({
      name: 'OperationRefusedError',
      message: expect.stringContaining('When there are too many files'),
    });
  });
});
