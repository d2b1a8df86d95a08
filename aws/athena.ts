import { GetQueryExecutionCommand, paginateGetQueryResults, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import type { Athena, QueryStatus } from '../core/ports.ts';
import { athena } from './clients.ts';

/** Athena through one workgroup, which also says where results go. */
export function athenaPort(workgroup: string): Athena {
  return {
    async start(sql, clientToken) {
      const started = await athena().send(
        new StartQueryExecutionCommand({ QueryString: sql, ClientRequestToken: clientToken, WorkGroup: workgroup }),
      );
      return started.QueryExecutionId!;
    },
    get: queryStatus,
    rows: queryRows,
  };
}

async function queryStatus(queryId: string): Promise<QueryStatus> {
  const { QueryExecution } = await athena().send(new GetQueryExecutionCommand({ QueryExecutionId: queryId }));
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
