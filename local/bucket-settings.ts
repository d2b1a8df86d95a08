import { readFileSync } from 'node:fs';
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  type LifecycleRule,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  S3Client,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import type { Cloud } from './cloud-state.ts';

type Values = Record<string, unknown>;

export interface BucketSettings {
  logicalId: string;
  encryption?: ServerSideEncryptionRule[];
  lifecycle?: LifecycleRule[];
}

/** The emulator drops encryption and lifecycle of a bucket in a template, so they are put through the API of S3. */
export async function applyBucketSettings(cloud: Cloud, stack: string, templateFile: string): Promise<void> {
  const client = {
    endpoint: cloud.endpoints.aws,
    region: cloud.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const cloudFormation = new CloudFormationClient(client);
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  try {
    const physical = new Map<string, string>();
    for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: stack })) {
      for (const resource of page.StackResourceSummaries ?? []) {
        physical.set(resource.LogicalResourceId!, resource.PhysicalResourceId!);
      }
    }
    const resolve = (value: unknown) => resolveReference(value, physical, cloud);
    for (const settings of bucketSettings(JSON.parse(readFileSync(templateFile, 'utf8')), resolve)) {
      const Bucket = physical.get(settings.logicalId);
      // A bucket whose condition is false here was not made.
      if (!Bucket) continue;
      if (settings.encryption) {
        await s3.send(
          new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: settings.encryption } }),
        );
      }
      if (settings.lifecycle) {
        await s3.send(
          new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: settings.lifecycle } }),
        );
      }
    }
  } finally {
    cloudFormation.destroy();
    s3.destroy();
  }
}

/** Reads encryption and lifecycle of each bucket of a CloudFormation template, in the words of S3's API. */
export function bucketSettings(template: Values, resolve: (value: unknown) => string): BucketSettings[] {
  const resources = Object.entries((template.Resources ?? {}) as Record<string, Values>);
  return resources
    .filter(([, resource]) => resource.Type === 'AWS::S3::Bucket')
    .map(([logicalId, resource]) => {
      const properties = (resource.Properties ?? {}) as Values;
      const encryption = (properties.BucketEncryption as Values | undefined)?.ServerSideEncryptionConfiguration;
      const lifecycle = (properties.LifecycleConfiguration as Values | undefined)?.Rules;
      return {
        logicalId,
        encryption: (encryption as Values[] | undefined)?.map((rule) => encryptionRule(rule, resolve)),
        lifecycle: (lifecycle as Values[] | undefined)?.map((rule) => lifecycleRule(logicalId, rule)),
      };
    })
    .filter((settings) => settings.encryption || settings.lifecycle);
}

function encryptionRule(rule: Values, resolve: (value: unknown) => string): ServerSideEncryptionRule {
  const { SSEAlgorithm, KMSMasterKeyID } = (rule.ServerSideEncryptionByDefault ?? {}) as Values;
  return {
    ApplyServerSideEncryptionByDefault: {
      SSEAlgorithm: SSEAlgorithm as 'AES256' | 'aws:kms',
      ...(KMSMasterKeyID ? { KMSMasterKeyID: resolve(KMSMasterKeyID) } : {}),
    },
    ...(rule.BucketKeyEnabled === undefined ? {} : { BucketKeyEnabled: rule.BucketKeyEnabled === true }),
  };
}

/**
 * CloudFormation flattens what S3's API nests.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html
 */
function lifecycleRule(bucket: string, rule: Values): LifecycleRule {
  const {
    Id,
    Status,
    Prefix,
    TagFilters,
    ObjectSizeGreaterThan,
    ObjectSizeLessThan,
    ExpirationInDays,
    ExpirationDate,
    ExpiredObjectDeleteMarker,
    NoncurrentVersionExpiration,
    NoncurrentVersionExpirationInDays,
    AbortIncompleteMultipartUpload,
    Transitions,
    NoncurrentVersionTransitions,
    ...unknown
  } = rule;
  if (Object.keys(unknown).length > 0) {
    throw new Error(
      `${bucket}: the lifecycle property ${Object.keys(unknown).join(', ')} is not known to the local deployment`,
    );
  }
  const conditions = {
    ...(Prefix === undefined ? {} : { Prefix: String(Prefix) }),
    ...(TagFilters === undefined ? {} : { Tags: TagFilters as { Key: string; Value: string }[] }),
    ...(ObjectSizeGreaterThan === undefined ? {} : { ObjectSizeGreaterThan: Number(ObjectSizeGreaterThan) }),
    ...(ObjectSizeLessThan === undefined ? {} : { ObjectSizeLessThan: Number(ObjectSizeLessThan) }),
  };
  const single = Object.keys(conditions).length <= 1 && TagFilters === undefined;
  const noncurrent = (NoncurrentVersionExpiration ?? {}) as Values;
  const noncurrentDays = noncurrent.NoncurrentDays ?? NoncurrentVersionExpirationInDays;
  const result: LifecycleRule = {
    ...(Id === undefined ? {} : { ID: String(Id) }),
    Status: Status as 'Enabled' | 'Disabled',
    Filter: single ? { Prefix: '', ...conditions } : { And: conditions },
  };
  if (ObjectSizeGreaterThan !== undefined && single) result.Filter = conditions;
  if (ObjectSizeLessThan !== undefined && single) result.Filter = conditions;
  if (ExpirationInDays !== undefined || ExpirationDate !== undefined || ExpiredObjectDeleteMarker !== undefined) {
    result.Expiration = {
      ...(ExpirationInDays === undefined ? {} : { Days: Number(ExpirationInDays) }),
      ...(ExpirationDate === undefined ? {} : { Date: new Date(String(ExpirationDate)) }),
      ...(ExpiredObjectDeleteMarker === undefined
        ? {}
        : { ExpiredObjectDeleteMarker: String(ExpiredObjectDeleteMarker) === 'true' }),
    };
  }
  if (noncurrentDays !== undefined) {
    result.NoncurrentVersionExpiration = {
      NoncurrentDays: Number(noncurrentDays),
      ...(noncurrent.NewerNoncurrentVersions === undefined
        ? {}
        : { NewerNoncurrentVersions: Number(noncurrent.NewerNoncurrentVersions) }),
    };
  }
  if (AbortIncompleteMultipartUpload) {
    const { DaysAfterInitiation } = AbortIncompleteMultipartUpload as Values;
    result.AbortIncompleteMultipartUpload = { DaysAfterInitiation: Number(DaysAfterInitiation) };
  }
  if (Transitions) {
    result.Transitions = (Transitions as Values[]).map(({ StorageClass, TransitionInDays, TransitionDate }) => ({
      StorageClass: StorageClass as 'GLACIER',
      ...(TransitionInDays === undefined ? {} : { Days: Number(TransitionInDays) }),
      ...(TransitionDate === undefined ? {} : { Date: new Date(String(TransitionDate)) }),
    }));
  }
  if (NoncurrentVersionTransitions) {
    result.NoncurrentVersionTransitions = (NoncurrentVersionTransitions as Values[]).map((transition) => ({
      StorageClass: transition.StorageClass as 'GLACIER',
      NoncurrentDays: Number(transition.TransitionInDays),
      ...(transition.NewerNoncurrentVersions === undefined
        ? {}
        : { NewerNoncurrentVersions: Number(transition.NewerNoncurrentVersions) }),
    }));
  }
  return result;
}

/** A key's id or ARN: a literal, a Ref, or the Arn of a key of this stack. */
function resolveReference(value: unknown, physical: Map<string, string>, cloud: Cloud): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': getAtt } = value as { Ref?: string; 'Fn::GetAtt'?: string | string[] };
  const [logicalId, attribute] = Ref ? [Ref] : Array.isArray(getAtt) ? getAtt : (getAtt?.split('.') ?? []);
  const id = logicalId ? physical.get(logicalId) : undefined;
  if (!id) throw new Error(`the local deployment cannot resolve ${JSON.stringify(value)}`);
  if (!attribute) return id;
  if (attribute !== 'Arn') throw new Error(`the local deployment cannot resolve ${JSON.stringify(value)}`);
  return id.startsWith('arn:') ? id : `arn:aws:kms:${cloud.region}:${cloud.accountId}:key/${id}`;
}
