/** What a function finds in its environment; it is read when the module is loaded. */
export const environment = {
  STAGE: 'test',
  AWS_REGION: 'us-east-1',
  LANDING_BUCKET: 'landing',
  LAKE_BUCKET: 'lake',
  LEDGER_TABLE: 'ledger',
  STAGING_DATABASE: 'staging',
  SILVER_DATABASE: 'silver',
  GOLD_DATABASE: 'gold',
  OPS_DATABASE: 'ops',
  ATHENA_WORKGROUP: 'pipeline',
  ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:alerts',
  NOTICE_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:notices',
  INGEST_STATE_MACHINE: 'arn:aws:states:us-east-1:111122223333:stateMachine:tributary-test-ingest',
  REPLAY_STATE_MACHINE: 'arn:aws:states:us-east-1:111122223333:stateMachine:tributary-test-replay',
};
Object.assign(process.env, environment);
