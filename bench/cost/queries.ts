import type { QueryExecution } from '@aws-sdk/client-athena';
import type { Counts } from './counts.ts';

/**
 * What Athena bills of these queries: https://aws.amazon.com/athena/pricing/. Data definitions are free, and so are
 * queries that failed; a table that is created as a SELECT is one, too.
 */
export function countQueries(executions: QueryExecution[]): Pick<Counts, 'queries' | 'scannedBytes'> {
  const billed = executions.filter(({ Query = '', Status }) => Status?.State !== 'FAILED' && !isDefinition(Query));
  return {
    queries: billed.length,
    scannedBytes: billed.reduce((sum, { Statistics }) => sum + (Statistics?.DataScannedInBytes ?? 0), 0),
  };
}

const isDefinition = (text: string): boolean =>
  /^\s*(create|alter|drop)\b/i.test(text) && !/^\s*create\s+table\b[\s\S]*?\bas\s+(select|with)\b/i.test(text);
