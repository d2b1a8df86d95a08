import { BatchGetQueryExecutionCommand, ListQueryExecutionsCommand, type QueryExecution } from '@aws-sdk/client-athena';
import { athena } from '../../../aws/clients.ts';
import { stack } from '../../acceptance/cloud.ts';
import { statementOf } from './effects.ts';

/** What Athena itself says of a query of the pipeline. */
export interface Query {
  id: string;
  /** `merge silver.orders` */
  statement: string;
  sql: string;
  state: string;
  reason: string;
  submitted: Date;
  ended: Date;
}

/** Every query of the pipeline's workgroup that was submitted since, oldest first. */
export async function queriesSince(since: Date): Promise<Query[]> {
  const { workgroup } = await stack();
  const queries: Query[] = [];
  let NextToken: string | undefined;
  do {
    const page = await athena().send(new ListQueryExecutionsCommand({ WorkGroup: workgroup, NextToken }));
    NextToken = page.NextToken;
    const ids = page.QueryExecutionIds ?? [];
    if (ids.length === 0) break;
    const { QueryExecutions = [] } = await athena().send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids }));
    const found = QueryExecutions.map(toQuery).filter(({ submitted }) => submitted >= since);
    queries.push(...found);
    // They are listed newest first.
    if (found.length < ids.length) break;
  } while (NextToken !== undefined);
  return queries.sort((a, b) => a.submitted.getTime() - b.submitted.getTime());
}

const toQuery = ({ QueryExecutionId, Query = '', Status }: QueryExecution): Query => ({
  id: QueryExecutionId!,
  statement: statementOf(Query),
  sql: Query,
  state: Status?.State ?? '',
  reason: Status?.StateChangeReason ?? '',
  submitted: Status?.SubmissionDateTime ?? new Date(0),
  ended: Status?.CompletionDateTime ?? new Date(),
});
