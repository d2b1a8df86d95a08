import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { cloudFormation } from './clients.ts';
import { type Config, readConfig } from './config.ts';
import { StackUnavailableError } from './stack-unavailable.ts';

/** What the command line needs to know of a deployed stage. */
export interface Stack extends Config {
  analystsWorkgroup: string;
  deadLetterQueueUrl: string;
  generateOrdersFunction: string;
  /** ARN of the `maintain` state machine. */
  maintainStateMachine: string;
  /** ARN of the `undo` state machine. */
  undoStateMachine: string;
  /** ARN of the `rollback` state machine. */
  rollbackStateMachine: string;
}

/** Reads the outputs of the stack `tributary-<stage>`; throws StackUnavailableError with what to do about it. */
export async function readStack(stage: string): Promise<Stack> {
  const outputs = await stackOutputs(stage);
  const region = await cloudFormation().config.region();
  const need = (name: string): string => {
    const value = outputs[name];
    if (!value) throw new StackUnavailableError(`the stack tributary-${stage} has no output ${name}: deploy it again`);
    return value;
  };
  const config = readConfig({
    STAGE: stage,
    AWS_REGION: region,
    LANDING_BUCKET: need('LandingBucket'),
    LAKE_BUCKET: need('LakeBucket'),
    LEDGER_TABLE: need('LedgerTable'),
    STAGING_DATABASE: need('StagingDatabase'),
    SILVER_DATABASE: need('SilverDatabase'),
    GOLD_DATABASE: need('GoldDatabase'),
    OPS_DATABASE: need('OpsDatabase'),
    ATHENA_WORKGROUP: need('AthenaWorkgroup'),
    ALERT_TOPIC_ARN: need('AlertTopicArn'),
    NOTICE_TOPIC_ARN: need('NoticeTopicArn'),
    INGEST_STATE_MACHINE: need('IngestStateMachine'),
    REPLAY_STATE_MACHINE: need('ReplayStateMachine'),
  });
  return {
    ...config,
    analystsWorkgroup: need('AnalystsWorkgroup'),
    deadLetterQueueUrl: need('DeadLetterQueueUrl'),
    generateOrdersFunction: need('GenerateOrdersFunction'),
    maintainStateMachine: need('MaintainStateMachine'),
    undoStateMachine: need('UndoStateMachine'),
    rollbackStateMachine: need('RollbackStateMachine'),
  };
}

async function stackOutputs(stage: string): Promise<Record<string, string>> {
  const name = `tributary-${stage}`;
  try {
    const { Stacks } = await cloudFormation().send(new DescribeStacksCommand({ StackName: name }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return Object.fromEntries(outputs.map((output) => [output.OutputKey ?? '', output.OutputValue ?? '']));
  } catch (error) {
    throw new StackUnavailableError(explain(error, stage), { cause: error });
  }
}

function explain(error: unknown, stage: string): string {
  const { name, message, code } = error as Error & { code?: string };
  const deploy = stage === 'local' ? 'npx tributary up' : `npx serverless deploy --stage ${stage}`;
  if (/does not exist/.test(message)) {
    return `the stack tributary-${stage} is not deployed in this account and region: run \`${deploy}\``;
  }
  if (/CredentialsProvider|TokenProvider/.test(name)) {
    return `no AWS credentials for stage ${stage}: set AWS_PROFILE or log in (${message})`;
  }
  if (/Region is missing/.test(message)) return `no AWS region for stage ${stage}: set AWS_REGION`;
  if (/ExpiredToken|InvalidClientTokenId|UnrecognizedClient|AccessDenied/.test(name)) {
    return `AWS refused the credentials for stage ${stage}: ${message}`;
  }
  if (/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|TimeoutError/.test(`${code} ${name}`)) {
    return `nothing answers for stage ${stage} (${code ?? name})${stage === 'local' ? ': run `npx tributary up`' : ''}`;
  }
  return `the stack tributary-${stage} can't be read: ${name}: ${message}`;
}
