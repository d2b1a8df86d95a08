import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { cloudWatch, lambda } from '../../aws/clients.ts';
import { describeExecution, startExecution } from '../../aws/executions.ts';
import { ledgerStore } from '../../aws/ledger.ts';
import { listObjects } from '../../aws/listing.ts';
import type { Stack } from '../../aws/stack.ts';
import { connect } from '../../cli/cloud.ts';
import { type Cloud, readCloud } from '../../local/cloud-state.ts';
import { drop, filesAMerge, outcome } from '../burst/burst.ts';
import { orderFiles } from '../burst/files.ts';
import { times } from './counts.ts';
import type { Measured } from './day.ts';
import { meter, metricSeries } from './measure.ts';
import { countingProxy } from './requests.ts';

const small = 100;
const repeats = 3;
const burst = 20;

/** Drops files of orders into the running local cloud, which should be fresh, and counts. */
export async function measure(home: string, large: number): Promise<Measured> {
  const since = new Date();
  const cloud: Cloud = readCloud(home)!;
  const stack = await connect('local');
  const ledger = ledgerStore(stack.ledgerTable);
  const proxy = await countingProxy(cloud.endpoints.aws);
  let drops = 0;
  let merged = 0;
  const ingest = async (many: number, rows: number) => {
    const files = orderFiles(many, rows, `COST${++drops}`, `2026-${String(drops).padStart(2, '0')}-15`);
    const done = await outcome(ledger, await drop(stack, ledger, files), 1800);
    const failed = done.files.find(({ status }) => status !== 'done');
    if (failed !== undefined) throw new Error(`${failed.key} is ${failed.status}: ${failed.error}`);
    merged = filesAMerge(done);
    return files;
  };
  const oneByOne = async () => {
    for (let n = 0; n < repeats; n++) await ingest(1, small);
  };
  try {
    const { during } = await meter(stack, cloud, proxy);
    // The first file of a deployment makes the tables and starts the functions.
    await ingest(1, small);
    const before = await bytesBelow(stack.lakeBucket, 'silver/orders/data');
    const alone = times(await during(oneByOne), 1 / repeats);
    const stored = await storedBytes(stack);
    let size = 0;
    const many = await during(async () => {
      const [file] = await ingest(1, large);
      size = Buffer.byteLength(file!.text);
    });
    const storedBytesAByte = ((await storedBytes(stack)) - stored) / size;
    const after = await bytesBelow(stack.lakeBucket, 'silver/orders/data');
    const aloneLater = times(await during(oneByOne), 1 / repeats);
    const together = times(await during(async () => void (await ingest(burst, small))), 1 / burst);
    const filesOfAMerge = merged;
    return {
      at: since.toISOString().slice(0, 10),
      rows: { small, large },
      alone,
      aloneLater,
      tableBytes: { before, after },
      large: many,
      together,
      filesAMerge: filesOfAMerge,
      reconcile: await during(() => invoke(stack, 'reconcile-landing')),
      sweep: await during(() => invoke(stack, 'sweep-incidents')),
      drift: await during(() => invoke(stack, 'check-drift')),
      maintain: await during(() => maintain(stack)),
      standing: { ...(await alarms()), metrics: (await metricSeries(stack.stage, since)).size, dashboards: 1 },
      storedBytesAByte,
      bytesARow: size / large,
    };
  } finally {
    proxy.close();
  }
}

async function bytesBelow(bucket: string, prefix: string): Promise<number> {
  let bytes = 0;
  for await (const page of listObjects(bucket, prefix)) for (const { size } of page) bytes += size;
  return bytes;
}

const storedBytes = async ({ landingBucket, lakeBucket }: Stack) =>
  (await bytesBelow(landingBucket, '')) + (await bytesBelow(lakeBucket, ''));

async function invoke({ stage }: Stack, name: string): Promise<void> {
  const FunctionName = `tributary-${stage}-${name}`;
  const { FunctionError } = await lambda().send(new InvokeCommand({ FunctionName, Payload: '{}' }));
  if (FunctionError !== undefined) throw new Error(`${name} failed: ${FunctionError}`);
}

async function maintain({ maintainStateMachine }: Stack): Promise<void> {
  const arn = await startExecution(maintainStateMachine, '{}');
  for (;;) {
    const run = await describeExecution(arn);
    if (run?.status === 'SUCCEEDED') return;
    if (run !== undefined && run.status !== 'RUNNING') throw new Error(`maintain: ${run.status} ${run.cause ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function alarms(): Promise<{ alarms: number }> {
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudWatch().send(new DescribeAlarmsCommand({}));
  return { alarms: MetricAlarms.length + CompositeAlarms.length };
}
