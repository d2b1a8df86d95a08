import { z } from 'zod';
import { InvalidInputError } from '../core/errors.ts';

const schema = z.object({
  STAGE: z.string().min(1),
  AWS_REGION: z.string().min(1),
  LANDING_BUCKET: z.string().min(1),
  LAKE_BUCKET: z.string().min(1),
  LEDGER_TABLE: z.string().min(1),
  STAGING_DATABASE: z.string().min(1),
  SILVER_DATABASE: z.string().min(1),
  GOLD_DATABASE: z.string().min(1),
  OPS_DATABASE: z.string().min(1),
  ATHENA_WORKGROUP: z.string().min(1),
  ALERT_TOPIC_ARN: z.string().min(1),
  NOTICE_TOPIC_ARN: z.string().min(1),
  INGEST_STATE_MACHINE: z.string().min(1),
  REPLAY_STATE_MACHINE: z.string().min(1),
});

export type Config = ReturnType<typeof toConfig>;

function toConfig(env: z.infer<typeof schema>) {
  return {
    stage: env.STAGE,
    region: env.AWS_REGION,
    landingBucket: env.LANDING_BUCKET,
    lakeBucket: env.LAKE_BUCKET,
    ledgerTable: env.LEDGER_TABLE,
    databases: {
      staging: env.STAGING_DATABASE,
      silver: env.SILVER_DATABASE,
      gold: env.GOLD_DATABASE,
      ops: env.OPS_DATABASE,
    },
    workgroup: env.ATHENA_WORKGROUP,
    alertTopicArn: env.ALERT_TOPIC_ARN,
    /** Topic on which the owners of datasets are told of quarantined rows; nobody is paged by it. */
    noticeTopicArn: env.NOTICE_TOPIC_ARN,
    /** ARN of the `ingest` state machine. */
    ingestStateMachine: env.INGEST_STATE_MACHINE,
    /** ARN of the `replay` state machine. */
    replayStateMachine: env.REPLAY_STATE_MACHINE,
  };
}

/** Parses the environment once, at start; throws InvalidInputError naming each variable that is missing or empty. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new InvalidInputError(`environment variables missing or empty: ${names}`);
  }
  return toConfig(parsed.data);
}
