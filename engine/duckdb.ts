import { DuckDBInstance } from '@duckdb/node-api';

export interface DuckDb {
  run(sql: string): Promise<void>;
  /** All rows of a small result. */
  rows<T>(sql: string): Promise<T[]>;
  /** The first column of a result of any size, in blocks. */
  numbers(sql: string): AsyncGenerator<number[]>;
  close(): void;
}

export interface DuckDbOptions {
  memoryLimitMb: number;
  threads: number;
  /** Where it may spill, and how much. */
  tempDirectory: string;
  spillMb?: number;
}

/** Opens a DuckDB in memory that loads nothing from the network and spills to `tempDirectory`. */
export async function openDuckDb({ memoryLimitMb, threads, tempDirectory, spillMb }: DuckDbOptions): Promise<DuckDb> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryLimitMb}MB`,
    threads: String(threads),
    temp_directory: tempDirectory,
    ...(spillMb === undefined ? {} : { max_temp_directory_size: `${spillMb}MB` }),
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  // What the machine's own zone is must not show in any text.
  await connection.run("SET TimeZone = 'UTC'");
  return {
    async run(sql) {
      await connection.run(sql);
    },
    async rows<T>(sql: string) {
      return (await connection.runAndReadAll(sql)).getRowObjectsJson() as T[];
    },
    async *numbers(sql) {
      const result = await connection.stream(sql);
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        yield chunk.getColumnValues(0).map(Number);
      }
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** How Parquet files are written. */
export const PARQUET = '(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 50000)';

/** Rows of a table, query in brackets, or file. */
export async function countRows(db: DuckDb, from: string): Promise<number> {
  const [row] = await db.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM ${from}`);
  return row!.n;
}
