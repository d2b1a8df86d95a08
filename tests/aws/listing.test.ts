import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { s3 } from '../../aws/clients.ts';
import { listObjects, listVersions } from '../../aws/listing.ts';

type Request = { input: Record<string, unknown> };
const asked: Record<string, unknown>[] = [];
let pages: Record<string, unknown>[] = [];

beforeAll(() => {
  process.env.AWS_REGION ??= 'us-east-1';
  s3().send = (async ({ input }: Request) => {
    asked.push(input);
    return pages.shift();
  }) as never;
});

afterEach(() => {
  asked.length = 0;
});

const collect = async <T>(listing: AsyncIterable<T[]>): Promise<T[][]> => {
  const found: T[][] = [];
  for await (const page of listing) found.push(page);
  return found;
};
const version = (Key: string, VersionId?: string) => ({
  ...{ Key, VersionId, ETag: '"e"', Size: 1, LastModified: new Date('2026-03-01T00:00:00.000Z') },
});

describe('listing versions', () => {
  it('goes on behind the last version of a page, in the middle of a key if need be, and leaves out delete markers', async () => {
    pages = [
      { Versions: [version('a', '2')], IsTruncated: true, NextKeyMarker: 'a', NextVersionIdMarker: '2' },
      { Versions: [version('a', '1'), version('b')], DeleteMarkers: [{ Key: 'c', VersionId: '9' }] },
    ];

    const found = await collect(listVersions('bucket', 'landing/'));

    expect(found.flat().map(({ key, version_id }) => `${key} ${version_id}`)).toEqual(['a 2', 'a 1', 'b null']);
    expect(found.flat()[0]).toMatchObject({ etag: 'e', size: 1, last_modified: '2026-03-01T00:00:00.000Z' });
    expect(asked).toMatchObject([{ Prefix: 'landing/' }, { KeyMarker: 'a', VersionIdMarker: '2' }]);
  });

  it('ends with an empty page where there is nothing', async () => {
    pages = [{}];

    expect(await collect(listVersions('bucket', 'landing/'))).toEqual([[]]);
  });
});

describe('listing objects', () => {
  it('goes on where the last page ended', async () => {
    pages = [{ Contents: [{ Key: 'a', Size: 3 }], NextContinuationToken: 't' }, { Contents: [{ Key: 'b', Size: 0 }] }];

    expect(await collect(listObjects('bucket', 'bronze/'))).toEqual([[{ key: 'a', size: 3 }], [{ key: 'b', size: 0 }]]);
    expect(asked.map(({ ContinuationToken }) => ContinuationToken)).toEqual([undefined, 't']);
  });
});
