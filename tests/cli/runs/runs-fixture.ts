import type { Execution } from '../../../aws/executions.ts';

export const machineArn = 'arn:aws:states:us-east-1:111122223333:stateMachine:tributary-test-ingest';
export const arnOf = (name: string) => `arn:aws:states:us-east-1:111122223333:execution:tributary-test-ingest:${name}`;
export const bucket = 'tributary-test-landing-111122223333';
export const key = 'landing/orders/a.csv';

export const eventOf = (versionId?: string, objectKey = key) =>
  JSON.stringify({ detail: { bucket: { name: bucket }, object: { key: objectKey, 'version-id': versionId } } });

export function execution(name: string, over: Partial<Execution> = {}): Execution {
  return {
    arn: arnOf(name),
    name,
    machineArn,
    machine: 'tributary-test-ingest',
    status: 'RUNNING',
    startedAt: new Date('2026-03-01T10:15:00.000Z'),
    input: eventOf('v1'),
    redrivable: false,
    ...over,
  };
}

export const ended = (name: string, output: object, over: Partial<Execution> = {}): Execution =>
  execution(name, {
    status: 'SUCCEEDED',
    stoppedAt: new Date('2026-03-01T10:15:04.200Z'),
    output: JSON.stringify(output),
    ...over,
  });
