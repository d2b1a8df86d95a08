import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../core/contract/dataset.ts';
import { csvField } from '../core/validation/csv.ts';
import { damagedSql, rawSql, type Staged } from '../core/validation/sql/rows.ts';
import type { DuckDb } from './duckdb.ts';
import { rawReader, stagedRows, writeAll } from './raw-records.ts';
import type { SplitText } from './split.ts';

/** A file whose records are known, ready to be checked. */
export interface Input {
  /** The contract, as it applies to this kind of file. */
  dataset: Dataset;
  staged: Staged;
  records: number;
  damaged: number;
  /** Columns of the file that the contract does not know. */
  unknown: string[];
  /** Query of the damaged records: `record`, `line`, `reasons`. */
  damagedSql?: string;
  /** These records alone, given in rising order; written to the work folder. */
  only(records: Iterable<number>): Promise<Staged>;
  /** Query of the raw texts of the records in the temp table `table`: `record`, `raw`. */
  raw(table: string): Promise<string>;
}

/** The records of a text file that was split; `workDir` takes what is written for `only` and `raw`. */
export function textInput(db: DuckDb, dataset: Dataset, split: SplitText, workDir: string): Input {
  const { summary, sourcePath, offsetsPath, stagedPath } = split;
  const staged = { kind: 'text', path: stagedPath, summary } as const;
  return {
    dataset,
    staged,
    records: summary.records,
    damaged: summary.damaged,
    unknown: summary.unknown,
    damagedSql: summary.damaged > 0 ? damagedSql(split.damagedPath, split.damagedLongest) : undefined,
    async only(records) {
      const path = join(workDir, 'pending.csv');
      const rows = stagedRows(stagedPath, offsetsPath);
      const file = openSync(path, 'w');
      try {
        for (const record of records) writeAll(file, rows.row(record));
      } finally {
        closeSync(file);
        rows.close();
      }
      return { ...staged, path };
    },
    async raw(table) {
      const path = join(workDir, 'raw.csv');
      const reader = rawReader(sourcePath, offsetsPath, split.format);
      const file = openSync(path, 'w');
      let longest = 0;
      try {
        for await (const records of db.numbers(`SELECT record FROM ${table} ORDER BY record`)) {
          for (const record of records) {
            const row = Buffer.from(`${record},${csvField(reader.text(record))}\n`);
            longest = Math.max(longest, row.length);
            writeAll(file, row);
          }
        }
      } finally {
        closeSync(file);
        reader.close();
      }
      return rawSql(path, longest);
    },
  };
}
