import type { Dataset } from '../contract/dataset.ts';
import type { SqlFiles } from '../merge/statements.ts';
import { type Databases, fragment } from '../merge/tables.ts';
import { renderSql } from '../sql/render.ts';
import { knownKeys, type Reader } from './relations.ts';

/** How many rows of a batch refer to a parent that is not there, by the column that refers to it. */
export type Orphans = Record<string, number>;

/** One row of counts, in the order of the dataset's references, of the rows that a batch has written and left in place. */
export function orphansQuery(
  { files, databases, datasets }: { files: SqlFiles; databases: Databases; datasets: Record<string, Dataset> },
  dataset: Dataset,
  batchSeq: number,
): string {
  const reader: Reader = { datasets, table: ({ name }) => `${databases.silver}.${name}` };
  const counts = dataset.references.map((_, index) => `count_if(orphan_${index}) as orphans_${index}`);
  const missing = dataset.references.map(
    ({ column, dataset: parent, parentColumn }, index) =>
      `${column} is not null and ${column} not in ${knownKeys(reader, parent, parentColumn)} as orphan_${index}`,
  );
  return renderSql(files['silver/orphans']!, {
    identifiers: {
      target: `${databases.silver}.${dataset.name}`,
      counts: fragment(counts.join(', ')),
      missing: fragment(missing.join(',\n    ')),
    },
    literals: { batch_seq: batchSeq },
  });
}
