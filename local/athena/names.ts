export interface TableName {
  database: string;
  table: string;
}

/** Quotes a name for Trino. Glue keeps names in lower case. */
export function quoteName(name: string): string {
  return `"${name.toLowerCase().replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteTable(name: TableName): string {
  return `${quoteName(name.database)}.${quoteName(name.table)}`;
}
