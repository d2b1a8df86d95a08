import type { Counts } from './counts.ts';

/**
 * US dollars in us-east-1 without the free tiers, looked up on 2026-11-21:
 * https://aws.amazon.com/step-functions/pricing/ https://aws.amazon.com/lambda/pricing/ (arm64)
 * https://aws.amazon.com/athena/pricing/ https://aws.amazon.com/dynamodb/pricing/on-demand/
 * https://aws.amazon.com/s3/pricing/ https://aws.amazon.com/glue/pricing/ https://aws.amazon.com/cloudwatch/pricing/
 * https://aws.amazon.com/xray/pricing/
 */
export const prices = {
  transition: 0.025 / 1_000,
  invocation: 0.2 / 1e6,
  gbSecond: 0.0000133334,
  scannedByte: 5 / 2 ** 40,
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  s3Write: 0.005 / 1_000,
  s3Read: 0.0004 / 1_000,
  glueRequest: 1 / 1e6,
  logByte: 0.5 / 2 ** 30,
  trace: 5 / 1e6,
  /** A month, of the first 50 TB. */
  storedByte: 0.023 / 2 ** 30,
  /** A month each. */
  metric: 0.3,
  alarm: 0.1,
  dashboard: 3,
} as const;

/** Athena bills at least this much of each query that is no data definition. */
export const leastScanned = 10 * 2 ** 20;
export const daysAMonth = 30;

export type Bill = Record<string, number>;

/**
 * What the counts cost, by service. Each query is billed with its least and what it scanned, although the least is part
 * of that: too much by at most $0.00005 a query.
 */
export function bill(counts: Counts): Bill {
  return {
    'Step Functions': counts.transitions * prices.transition,
    Lambda: counts.invocations * prices.invocation + counts.gbSeconds * prices.gbSecond,
    Athena: (counts.queries * leastScanned + counts.scannedBytes) * prices.scannedByte,
    DynamoDB: counts.writeUnits * prices.writeUnit + counts.readUnits * prices.readUnit,
    'S3 requests': counts.s3Writes * prices.s3Write + counts.s3Reads * prices.s3Read,
    Glue: counts.glueRequests * prices.glueRequest,
    Logs: counts.logBytes * prices.logByte,
    'X-Ray': counts.traces * prices.trace,
  };
}

/** What stands whether or not a file comes, a day. */
export function standing({ metrics, alarms, dashboards }: Standing): Bill {
  return {
    'Metrics and alarms':
      (metrics * prices.metric + alarms * prices.alarm + dashboards * prices.dashboard) / daysAMonth,
  };
}

export interface Standing {
  metrics: number;
  alarms: number;
  dashboards: number;
}

export const total = (cost: Bill): number => Object.values(cost).reduce((sum, dollars) => sum + dollars, 0);
