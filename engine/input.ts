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
  /** The records in the temp table `table` alone. */
  only(table: string): Promise<Staged>;
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
    async only(table) {
      const path = join(workDir, `${table}.csv`);
      const rows = stagedRows(stagedPath, offsetsPath);
      try {
        await writeRecords(db, table, path, (record) => rows.row(record));
      } finally {
        rows.close();
      }
      return { ...staged, path };
    },
    async raw(table) {
      const path = join(workDir, 'raw.csv');
      const reader = rawReader(sourcePath, offsetsPath, split.format);
      try {
        const longest = await writeRecords(db, table, path, (record) =>
          Buffer.from(`${record},${csvField(reader.text(record))}\n`),
        );
        return rawSql(path, longest);
      } finally {
        reader.close();
      }
    },
  };
}

/** Writes one row for each record of a temp table, in their order; returns the bytes of the longest. */
async function writeRecords(
  db: DuckDb,
  table: string,
  path: string,
  rowOf: (record: number) => Uint8Array,
): Promise<number> {
  const file = openSync(path, 'w');
  let longest = 0;
  try {
    for await (const records of db.numbers(`SELECT record FROM ${table} ORDER BY record`)) {
      for (const record of records) {
        const row = rowOf(record);
        longest = Math.max(longest, row.length);
        writeAll(file, row);
      }
    }
  } finally {
    closeSync(file);
  }
  return longest;
}
