import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { s3 } from '../../aws/clients.ts';
import { copyOnce, writeJsonOnce } from '../../aws/s3.ts';

type Command = { constructor: { name: string }; input: Record<string, unknown> };
let asked: [name: string, input: Record<string, unknown>][] = [];
let answer: (name: string, input: Record<string, unknown>) => object;

const saying = (httpStatusCode: number, name: string) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
const refusing = (status: number, name: string) => (): object => {
  throw saying(status, name);
};

beforeAll(() => {
  process.env.AWS_REGION ??= 'us-east-1';
  s3().send = (async (command: Command) => {
    const name = command.constructor.name.replace(/Command$/, '');
    asked.push([name, command.input]);
    return answer(name, command.input);
  }) as never;
});
beforeEach(() => {
  asked = [];
  answer = () => ({});
});

const version = (size: number) => ({
  ...{ bucket: 'landing', key: 'landing/orders/a b.csv', version_id: 'v1', etag: 'e', size },
  last_modified: '2026-03-01T10:00:00.000Z',
});
const target = { Bucket: 'lake', Key: 'bronze/x' };

describe('freezing a version', () => {
  it('copies it on the condition that there is nothing of that key', async () => {
    await copyOnce(version(10), 'lake', 'bronze/x');

    const CopySource = 'landing/landing%2Forders%2Fa%20b.csv?versionId=v1';
    expect(asked).toEqual([['CopyObject', { ...target, CopySource, IfNoneMatch: '*' }]]);
  });

  it('completes the copy of a large one on the same condition', async () => {
    answer = (name) => (name === 'CreateMultipartUpload' ? { UploadId: 'u' } : { CopyPartResult: { ETag: 'p' } });

    await copyOnce(version(1_200_000_000), 'lake', 'bronze/x');

    expect(asked.map(([name]) => name)).toEqual([
      ...['CreateMultipartUpload', 'UploadPartCopy', 'UploadPartCopy', 'UploadPartCopy', 'CompleteMultipartUpload'],
    ]);
    expect(asked.at(-1)![1]).toMatchObject({ ...target, UploadId: 'u', IfNoneMatch: '*' });
  });

  it('leaves what is there, and is well', async () => {
    answer = refusing(412, 'PreconditionFailed');

    await copyOnce(version(10), 'lake', 'bronze/x');
    await writeJsonOnce('lake', 'bronze/_lineage.json', { key: 'k' });

    expect(asked.map(([name, { IfNoneMatch }]) => [name, IfNoneMatch])).toEqual([
      ['CopyObject', '*'],
      ['PutObject', '*'],
    ]);
  });

  it.each([
    ['another writes at the same time', 409, 'ConditionalRequestConflict'],
    ['it may not', 403, 'AccessDenied'],
  ])('fails when %s', async (_, status, name) => {
    answer = refusing(status, name);

    await expect(copyOnce(version(10), 'lake', 'bronze/x')).rejects.toThrow(name);
    await expect(writeJsonOnce('lake', 'bronze/x', {})).rejects.toThrow(name);
  });

  it.each([
    ['copies what is not there', 404, 2],
    ['leaves what is', 200, 1],
  ])('where S3 does not know the condition of copies, looks first and %s', async (_, found, copies) => {
    answer = (name, { IfNoneMatch }) => {
      if (IfNoneMatch !== undefined) throw saying(501, 'NotImplemented');
      if (name === 'HeadObject' && found === 404) throw saying(404, 'NotFound');
      return { LastModified: new Date(0) };
    };

    await copyOnce(version(10), 'lake', 'bronze/x');

    expect(asked.filter(([name]) => name === 'CopyObject')).toHaveLength(copies);
    expect(asked[1]).toEqual(['HeadObject', { ...target, VersionId: undefined }]);
  });
});
