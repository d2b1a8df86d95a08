import type { Dataset } from '../contract/dataset.ts';
import { waitsFor } from '../contract/references.ts';
import type { Orphans } from '../ledger/items.ts';
import type { LedgerStore } from '../ledger/store.ts';
import { getTable } from '../ledger/table.ts';
import type { Lake } from '../merge/ensure.ts';
import { fragment } from '../merge/tables.ts';
import { runQuery } from '../run-query.ts';
import { renderSql } from '../sql/render.ts';
import { type Datasets, knownKeys, noRows, type Reader } from './relations.ts';

export interface OrphanPorts extends Lake {
  ledger: LedgerStore;
  datasets: Datasets;
  /** Told why orphans were not counted. */
  orphansNotCounted(dataset: string, error: unknown): void;
  /** Has a query end of which nobody waits for the answer any more. */
  stopQuery(queryId: string): Promise<void>;
}

/** A merged batch waits this long at most for what is only told of it, in milliseconds. */
export const countWithin = 60_000;

/**
 * Of each file of a batch, by its id, the references of its rows in silver to parents that are not there; only those that
 * some row has. Empty for a dataset that refers to nothing. Null when they could not be counted, for whatever reason: the
 * rows are in silver, and the files behind them do not wait for a figure.
 */
export async function countOrphans(
  ports: OrphanPorts,
  dataset: Dataset,
  batchSeq: number,
): Promise<Map<string, Orphans[]> | null> {
  if (dataset.references.length === 0) return new Map();
  try {
    return await count(ports, dataset, batchSeq);
  } catch (error) {
    ports.orphansNotCounted(dataset.name, error);
    return null;
  }
}

async function count(ports: OrphanPorts, dataset: Dataset, batchSeq: number): Promise<Map<string, Orphans[]>> {
  const { references } = dataset;
  const sql = await orphansQuery(ports, dataset, batchSeq);
  const what = `counting the orphans of silver.${dataset.name}`;
  const { queryId } = await runQuery(ports.athena, ports.clock, what, sql, countWithin, ports.stopQuery);
  const rows = await ports.athena.rows(queryId);
  return new Map(
    rows.map(([fileId, ...counts]) => [
      fileId!,
      references
        .map(({ column, dataset: parent, onOrphan }, index): Orphans => {
          return { column_name: column, parent, on_orphan: onOrphan, rows: Number(counts[index]) };
        })
        .filter((orphans) => orphans.rows > 0),
    ]),
  );
}

async function orphansQuery(ports: OrphanPorts, dataset: Dataset, batchSeq: number): Promise<string> {
  const { ledger, datasets, databases, files } = ports;
  const { references } = dataset;
  const there = new Set<string>();
  for (const name of references.flatMap((reference) => waitsFor(datasets, reference.dataset))) {
    if ((await getTable(ledger, name)).committed !== undefined) there.add(name);
  }
  const reader: Reader = {
    datasets,
    table: (parent) => (there.has(parent.name) ? `${databases.silver}.${parent.name}` : noRows(parent)),
  };
  const isOrphan = references.map(
    ({ column, dataset: parent, parentColumn }, index) =>
      `${column} is not null and ${column} not in ${knownKeys(reader, parent, parentColumn)} as orphan_${index}`,
  );
  return renderSql(files['silver/orphans']!, {
    identifiers: {
      target: `${databases.silver}.${dataset.name}`,
      counts: fragment(references.map((_, index) => `count_if(orphan_${index}) as orphans_${index}`).join(', ')),
      is_orphan: fragment(isOrphan.join(',\n    ')),
    },
    literals: { batch_seq: batchSeq },
  });
}

/** What is to be said of the orphans of a file, a sentence each; null: they were not counted. */
export const orphanRemarks = (orphans: Orphans[] | null): string[] =>
  orphans === null
    ? ['it was not counted how many of its rows had no parent when merged']
    : orphans.map(describeOrphans);

/** Orphans of a file as a sentence. */
export function describeOrphans({ column_name, parent, on_orphan, rows }: Orphans): string {
  const one = rows === 1;
  const what = `${rows} ${one ? 'row' : 'rows'} had no parent in ${parent} when merged (${column_name})`;
  const then =
    on_orphan === 'hold'
      ? `${one ? 'it waits' : 'they wait'} for it`
      : `${one ? 'it counts' : 'they count'} all the same`;
  return `${what}: ${then}`;
}
