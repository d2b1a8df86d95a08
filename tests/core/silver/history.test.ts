import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { currentRows, historyRows } from '../../../core/silver/relations.ts';
import { dataset, duckSilver, type Row } from './duck-silver.ts';

const hosts = dataset(
  'hosts',
  { host_id: 'string', city: 'string', grade: 'int', gone: 'boolean', since: 'date' },
  { key: ['host_id'], versionColumns: ['since'], history: 'scd2', deletedColumn: 'gone' },
);

type Change = { host_id: string; city: string | null; grade: number | null; gone: boolean; since: string };
type File = { id: string; stored: number; rows: Change[] };

const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);

const change = fc.record({
  host_id: fc.constantFrom('H-1', 'H-2', 'H-3'),
  city: fc.constantFrom('Rome', 'Oslo', null),
  grade: fc.constantFrom(1, 2, null),
  gone: fc.boolean(),
  since: fc.nat(7).map(day),
});
/** Few keys, days and values, so that versions meet, repeat and contradict each other. */
const history = fc
  .array(fc.array(change, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 7 })
  .map((files) => files.map((rows, index): File => ({ id: `file${index}`, stored: index, rows })));

interface Interval extends Omit<Change, 'gone' | 'since'> {
  valid_from: string;
  valid_to: string | null;
  is_current: boolean;
}

/** The history of one key as a person would write it down: day by day, from the version that counts on that day. */
function oracle(files: File[]): Interval[] {
  const intervals: Interval[] = [];
  for (const key of ['H-1', 'H-2', 'H-3']) {
    let open: Interval | undefined;
    for (let n = 0; n <= 7; n++) {
      const said = files
        .flatMap(({ stored, rows }) => rows.map((row) => ({ stored, row })))
        .filter(({ row }) => row.host_id === key && row.since === day(n));
      const last = Math.max(...said.map(({ stored }) => stored));
      const best = said.filter(({ stored }) => stored === last).map(({ row }) => row);
      if (best.length === 0) continue;
      const now = best.sort((a, b) => (rank(a) < rank(b) ? 1 : -1))[0]!;
      if (now.gone) {
        if (open) open.valid_to = day(n);
        open = undefined;
      } else if (!open || open.city !== now.city || open.grade !== now.grade) {
        if (open) open.valid_to = day(n);
        const { city, grade } = now;
        open = { host_id: key, city, grade, valid_from: day(n), valid_to: null, is_current: false };
        intervals.push(open);
      }
    }
    if (open) open.is_current = true;
  }
  return intervals;
}

/** Two rows of one file and one instant: the greater hash counts, as everywhere. */
const hashes = new Map<string, string>();
const rank = (row: Change) => hashes.get(JSON.stringify(row))!;

const columns =
  'host_id, city, grade, cast(valid_from as varchar) as valid_from, cast(valid_to as varchar) as valid_to, is_current';

describe('the history of a dimension', () => {
  it('is the same in any order of arrival, in any batches and with repeats, and its intervals neither overlap nor gap', async () => {
    await fc.assert(
      fc.asyncProperty(
        history.chain((files) =>
          fc.tuple(
            fc.constant(files),
            fc.shuffledSubarray([...files, ...files], { minLength: 2 * files.length, maxLength: 2 * files.length }),
            fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 14, maxLength: 14 }),
          ),
        ),
        async ([files, arrivals, sizes]) => {
          const silver = await duckSilver([hosts]);
          const queue = [...arrivals];
          for (let index = 0; queue.length > 0; index++) {
            const batch = [...new Set(queue.splice(0, sizes[index] ?? 1))];
            await silver.merge('hosts', batch);
          }
          for (const { meta_row_hash, ...row } of await silver.rows(
            'select host_id, city, grade, gone, cast(since as varchar) as since, meta_row_hash from si.hosts',
          ))
            hashes.set(JSON.stringify(row), String(meta_row_hash));

          const found = await silver.rows(
            `select ${columns} from ${historyRows(silver.reader, hosts)} order by host_id, valid_from`,
          );
          const current = await silver.rows(
            `select host_id, city from ${currentRows(silver.reader, hosts)} order by 1`,
          );

          const expected = oracle(files);
          expect(found).toEqual(expected);
          expect(current).toEqual(
            expected.filter(({ is_current }) => is_current).map(({ host_id, city }) => ({ host_id, city })),
          );
          assertIntervals(found, files);
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** An interval ends where the next one begins, or where somebody said that the row is gone. */
function assertIntervals(found: Row[], files: File[]): void {
  for (const [index, { host_id, valid_from, valid_to, is_current }] of found.entries()) {
    const next = found[index + 1];
    expect(is_current).toBe(valid_to === null);
    if (valid_to === null) continue;
    expect(String(valid_from) < String(valid_to)).toBe(true);
    const ends = files.some(({ rows }) =>
      rows.some((row) => row.gone && row.host_id === host_id && row.since === valid_to),
    );
    const follows = next !== undefined && next.host_id === host_id && next.valid_from === valid_to;
    expect(ends || follows).toBe(true);
    if (next !== undefined && next.host_id === host_id) expect(String(next.valid_from) >= String(valid_to)).toBe(true);
  }
}
