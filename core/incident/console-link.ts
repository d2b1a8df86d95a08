/** Host of the AWS console by partition; see "Partitions" in the AWS General Reference. */
const HOSTS: Record<string, (region: string) => string> = {
  aws: (region) => `${region}.console.aws.amazon.com`,
  'aws-cn': (region) => `${region}.console.amazonaws.cn`,
  'aws-us-gov': (region) => `${region}.console.amazonaws-us-gov.com`,
};

/** Where a person sees an execution in the AWS console; `undefined` for an ARN of an unknown partition. */
export function executionConsoleLink(arn: string): string | undefined {
  const [, partition = '', , region = ''] = arn.split(':');
  const host = HOSTS[partition]?.(region);
  if (host === undefined || region === '') return undefined;
  return `https://${host}/states/home?region=${region}#/v2/executions/details/${arn}`;
}
