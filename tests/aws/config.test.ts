import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../aws/config.ts';

const whole = {
  STAGE: 'dev',
  AWS_REGION: 'eu-central-1',
  LANDING_BUCKET: 'landing',
  LAKE_BUCKET: 'lake',
  LEDGER_TABLE: 'ledger',
  STAGING_DATABASE: 'staging',
  SILVER_DATABASE: 'silver',
  GOLD_DATABASE: 'gold',
  OPS_DATABASE: 'ops',
  ATHENA_WORKGROUP: 'pipeline',
  ALERT_TOPIC_ARN: 'arn',
  NOTICE_TOPIC_ARN: 'arn',
  INGEST_STATE_MACHINE: 'arn',
};

describe('readConfig', () => {
  it('takes the whole environment', () => {
    expect(readConfig(whole).databases.silver).toBe('silver');
  });

  it.each(Object.keys(whole))('names %s when it is missing or empty', (name) => {
    expect(() => readConfig({ ...whole, [name]: undefined })).toThrow(name);
    expect(() => readConfig({ ...whole, [name]: '' })).toThrow(name);
  });
});
