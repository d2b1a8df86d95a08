/** Host of the AWS console by partition; see "Partitions" in the AWS General Reference. */
const HOSTS: Record<string, (region: string) => string> = {
  aws: (region) => `${region}.console.aws.amazon.com`,
  'aws-cn': (region) => `${region}.console.amazonaws.cn`,
  'aws-us-gov': (region) => `${region}.console.amazonaws-us-gov.com`,
};

/** Where a person sees an execution in the AWS console; `undefined` for an ARN of an unknown partition. */
export function executionConsoleLink(arn: string): string | undefined {
  const found = consoleOf(arn);
  return found && `https://${found.host}/states/home?region=${found.region}#/v2/executions/details/${arn}`;
}

/** Where a person sees, and opens, an object in the AWS console; `arn` is of anything else in that account and region. */
export function objectConsoleLink(arn: string, bucket: string, key: string): string | undefined {
  const found = consoleOf(arn);
  return found && `https://${found.host}/s3/object/${bucket}?region=${found.region}&prefix=${encodeURIComponent(key)}`;
}

function consoleOf(arn: string): { host: string; region: string } | undefined {
  const [, partition = '', , region = ''] = arn.split(':');
  const host = HOSTS[partition]?.(region);
  return host === undefined || region === '' ? undefined : { host, region };
}
