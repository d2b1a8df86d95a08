import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  InvalidRequestException,
  paginateGetQueryResults,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { refusal } from '../core/athena-failure.ts';
import type { NamedType } from '../core/merge/tables.ts';
import type { Athena, QueryStatus } from '../core/ports.ts';
import { athena } from './clients.ts';

/** Athena through one workgroup, which also says where results go. */
export function athenaPort(workgroup: string): Athena {
  return {
    async start(sql, clientToken) {
      const request = { QueryString: sql, ClientRequestToken: clientToken, WorkGroup: workgroup };
      try {
        return (await athena().send(new StartQueryExecutionCommand(request))).QueryExecutionId!;
      } catch (error) {
        // Athena refuses what it cannot parse here already, without a query id.
        if (!(error instanceof InvalidRequestException)) throw error;
        throw refusal(`Athena refused the statement: ${error.message}`, error);
      }
    },
    get: queryStatus,
    rows: queryRows,
    columns: queryColumns,
  };
}

async function queryStatus(queryId: string): Promise<QueryStatus> {
  const answer = await execution(queryId);
  // Athena forgets a query after 45 days; whoever still waits for it has to start another.
  if (answer === undefined)
    return { state: 'failed', reason: 'Athena does not know it', retryable: true, bytesScanned: 0 };
  const { QueryExecution } = answer;
  const status = QueryExecution?.Status;
  const bytesScanned = QueryExecution?.Statistics?.DataScannedInBytes ?? 0;
  switch (status?.State) {
    case 'SUCCEEDED':
      return { state: 'succeeded', bytesScanned };
    case 'FAILED':
    case 'CANCELLED':
      return {
        state: status.State === 'FAILED' ? 'failed' : 'cancelled',
        reason: status.StateChangeReason ?? status.AthenaError?.ErrorMessage ?? 'Athena gave no reason',
        retryable: status.AthenaError?.Retryable ?? false,
        bytesScanned,
      };
    default:
      return { state: 'running' };
  }
}

async function execution(queryId: string) {
  try {
    return await athena().send(new GetQueryExecutionCommand({ QueryExecutionId: queryId }));
  } catch (error) {
    if (error instanceof InvalidRequestException) return undefined;
    throw error;
  }
}

async function queryColumns(queryId: string): Promise<NamedType[]> {
  const { ResultSet } = await athena().send(new GetQueryResultsCommand({ QueryExecutionId: queryId, MaxResults: 1 }));
  return (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name, Type, Precision, Scale }) => ({
    name: Name!,
    type: Type === 'decimal' ? `decimal(${Precision},${Scale})` : Type!,
  }));
}

/** Rows of a SELECT, without the header row that Athena puts first. */
async function queryRows(queryId: string): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = [];
  for await (const page of paginateGetQueryResults({ client: athena() }, { QueryExecutionId: queryId })) {
    for (const row of page.ResultSet?.Rows ?? []) {
      rows.push((row.Data ?? []).map((datum) => datum.VarCharValue ?? null));
    }
  }
  return rows.slice(1);
}
