import { DuckDBInstance } from '@duckdb/node-api';

/** Asks DuckDB, over files on the disk: what the pipeline's answers are held against. Values as text, null as null. */
export async function oracle(sql: string): Promise<Record<string, string | null>[]> {
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  try {
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)])),
    );
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}

/** The same shape for rows of a query through the command line. */
export const asText = (rows: Record<string, unknown>[]): Record<string, string | null>[] =>
  rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)])),
  );
