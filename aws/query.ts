import {
  type ColumnInfo,
  GetQueryExecutionCommand,
  paginateGetQueryResults,
  type Row,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { athena } from './clients.ts';

/** A query of a person, as opposed to the pipeline's own (aws/athena.ts): with columns, and pages as they come. */
export interface QueryState {
  state: 'running' | 'succeeded' | 'failed' | 'cancelled';
  reason: string;
  bytesScanned: number;
  milliseconds: number;
  /** DML results begin with a row of column names, those of SHOW and DESCRIBE do not. */
  hasHeader: boolean;
}

export interface ResultColumn {
  name: string;
  /** Athena's name of the type: varchar, bigint, decimal … */
  type: string;
}

export interface ResultPage {
  columns: ResultColumn[];
  rows: (string | null)[][];
}

const STATES: Record<string, QueryState['state']> = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};

/** Starts a query in a workgroup; names without a database are looked for in `database`. */
export async function startQuery(sql: string, workgroup: string, database: string): Promise<string> {
  const started = await athena().send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: workgroup,
      QueryExecutionContext: { Catalog: 'AwsDataCatalog', Database: database },
    }),
  );
  return started.QueryExecutionId!;
}

export async function queryState(id: string): Promise<QueryState> {
  const { QueryExecution } = await athena().send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
  const status = QueryExecution?.Status;
  return {
    state: STATES[status?.State ?? ''] ?? 'running',
    reason: status?.StateChangeReason ?? status?.AthenaError?.ErrorMessage ?? 'Athena gave no reason',
    bytesScanned: QueryExecution?.Statistics?.DataScannedInBytes ?? 0,
    milliseconds: QueryExecution?.Statistics?.TotalExecutionTimeInMillis ?? 0,
    hasHeader: QueryExecution?.StatementType === 'DML',
  };
}

/** Has a query end; one that has ended stays as it is. */
export async function stopQuery(id: string): Promise<void> {
  await athena().send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
}

/** The result, a page at a time, without the header row. There is at least one page, perhaps empty. */
export async function* queryPages(id: string, hasHeader: boolean): AsyncGenerator<ResultPage> {
  let first = true;
  for await (const page of paginateGetQueryResults({ client: athena() }, { QueryExecutionId: id, MaxResults: 1_000 })) {
    const columns = (page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(toColumn);
    const rows = (page.ResultSet?.Rows ?? []).map(toValues);
    // Statements that change data are DML as well, and may have no rows at all.
    const skip = first && hasHeader && rows[0]?.every((value, index) => value === columns[index]?.name) ? 1 : 0;
    yield { columns, rows: rows.slice(skip) };
    first = false;
  }
}

const toColumn = (column: ColumnInfo): ResultColumn => ({ name: column.Name ?? '', type: column.Type ?? 'varchar' });
const toValues = (row: Row): (string | null)[] => (row.Data ?? []).map((datum) => datum.VarCharValue ?? null);
