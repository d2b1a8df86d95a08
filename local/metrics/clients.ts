import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Datum } from './emf.ts';

export interface Clients {
  cloudwatch: CloudWatchClient;
  logs: CloudWatchLogsClient;
  events: EventBridgeClient;
  sqs: SQSClient;
}

export function makeClients({ endpoint, region }: { endpoint: string; region: string }): Clients {
  const settings = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  return {
    cloudwatch: new CloudWatchClient(settings),
    logs: new CloudWatchLogsClient(settings),
    events: new EventBridgeClient(settings),
    sqs: new SQSClient(settings),
  };
}

/** The most that PutMetricData takes. */
const MAX_DATA = 1000;

export async function putData(cloudwatch: CloudWatchClient, data: Datum[]): Promise<void> {
  for (const [Namespace, all] of Map.groupBy(data, (datum) => datum.namespace)) {
    for (let from = 0; from < all.length; from += MAX_DATA) {
      const MetricData = all.slice(from, from + MAX_DATA).map((datum) => ({
        MetricName: datum.name,
        Dimensions: Object.entries(datum.dimensions).map(([Name, Value]) => ({ Name, Value })),
        Timestamp: new Date(datum.at),
        Unit: datum.unit as StandardUnit,
        StorageResolution: datum.resolution,
        ...(datum.values.length === 1 ? { Value: datum.values[0] } : { Values: datum.values }),
      }));
      await cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
    }
  }
}
