import { describe, expect, it } from '@jest/globals';
import { bucketSettings } from '../../local/bucket-settings.ts';

const template = (properties: Record<string, unknown>) => ({
  Resources: {
    LakeBucket: { Type: 'AWS::S3::Bucket', Properties: properties },
    Queue: { Type: 'AWS::SQS::Queue' },
    PlainBucket: { Type: 'AWS::S3::Bucket' },
  },
});
const resolve = (value: unknown) => `resolved ${JSON.stringify(value)}`;
const rules = (...Rules: Record<string, unknown>[]) => template({ LifecycleConfiguration: { Rules } });

describe('bucketSettings', () => {
  it('reads encryption with a key of the stack, and ignores buckets without settings', () => {
    const settings = bucketSettings(
      template({
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { Ref: 'Key' } },
            },
          ],
        },
      }),
      resolve,
    );

    expect(settings).toEqual([
      {
        logicalId: 'LakeBucket',
        encryption: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'resolved {"Ref":"Key"}' },
            BucketKeyEnabled: true,
          },
        ],
      },
    ]);
  });

  it('nests what CloudFormation flattens in a lifecycle rule', () => {
    const [settings] = bucketSettings(
      rules({
        Id: 'old',
        Status: 'Enabled',
        Prefix: 'athena-results/',
        ExpirationInDays: 7,
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
        Transitions: [{ StorageClass: 'GLACIER', TransitionInDays: 90 }],
      }),
      resolve,
    );

    expect(settings?.lifecycle).toEqual([
      {
        ID: 'old',
        Status: 'Enabled',
        Filter: { Prefix: 'athena-results/' },
        Expiration: { Days: 7 },
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
        Transitions: [{ StorageClass: 'GLACIER', Days: 90 }],
      },
    ]);
  });

  it('filters by prefix and tags together with And', () => {
    const [settings] = bucketSettings(
      rules({ Status: 'Enabled', Prefix: 'a/', TagFilters: [{ Key: 'k', Value: 'v' }], ExpirationInDays: 1 }),
      resolve,
    );

    expect(settings?.lifecycle?.[0]?.Filter).toEqual({ And: { Prefix: 'a/', Tags: [{ Key: 'k', Value: 'v' }] } });
  });

  it('refuses a lifecycle property that it would drop', () => {
    expect(() => bucketSettings(rules({ Status: 'Enabled', Novelty: 1 }), resolve)).toThrow(
      'LakeBucket: the lifecycle property Novelty is not known to the local deployment',
    );
  });
});
