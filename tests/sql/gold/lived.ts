import { isTable, type Mart } from '../../../core/gold/mart.ts';
import { datasets, duckGold } from './duck-gold.ts';
import type { Change, Step } from './histories.ts';
import { type File, rolledBack, type SilverRow, silverOf } from './silver-rows.ts';

/** A table as it was after one of its commits. */
interface State {
  files: File[];
  rows: SilverRow[];
}

/** The state after a change; undefined: there is nothing to take out or to go back to. */
function changed(states: State[], change: Change, seq: number): State | undefined {
  const { files, rows } = states.at(-1) ?? { files: [], rows: [] };
  if ('rollback' in change) {
    const state = states[change.rollback % states.length];
    return state && { files: state.files, rows: rolledBack(state.rows, seq, rows) };
  }
  const after =
    'rows' in change
      ? [...files, { n: seq, rows: change.rows }]
      : files.filter((_, n) => n !== change.undo % files.length);
  if (after.length === files.length) return undefined;
  return { files: after, rows: silverOf(datasets[change.dataset]!, after, seq, rows) };
}

/** In the end nothing is late any more; one run may have waited for what another one has to finish. */
const end: Step[] = Array.from({ length: 2 }, () => ({ changes: [], late: [], slow: false }));

/** Lives through a history and tells of each mart that was refreshed in a step how it then differs from its SELECT. */
export async function* lived(read: Mart[], history: Step[]): AsyncGenerator<{ mart: Mart; found: string[] }> {
  const gold = await duckGold(read);
  const states = new Map<string, State[]>();
  const waiting = new Set<string>();
  let seq = 0;
  try {
    for (const { changes, late, slow } of [...history, ...end]) {
      for (const change of changes) {
        seq += 1;
        const { dataset } = change;
        const before = states.get(dataset) ?? [];
        const after = changed(before, change, seq);
        if (after === undefined) continue;
        await gold.commit(dataset, after.rows, seq, !('rows' in change));
        states.set(dataset, [...before, after]);
        waiting.add(dataset);
      }
      gold.isSlow = slow;
      const refreshed = new Set<string>();
      for (const dataset of [...waiting].filter((name) => !late.includes(name))) {
        const names = await gold.refresh(dataset);
        if (names === undefined) continue;
        for (const name of names) refreshed.add(name);
        waiting.delete(dataset);
      }
      for (const mart of read.filter((each) => isTable(each) && refreshed.has(each.name))) {
        yield { mart, found: await gold.differences(mart) };
      }
    }
    if (waiting.size > 0) throw new Error(`the marts of ${[...waiting].join()} were never refreshed`);
  } finally {
    gold.close();
  }
}
