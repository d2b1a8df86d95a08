import { ListObjectsV2Command, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { LandedVersion, StoredObject } from '../core/reconcile/ports.ts';
import { s3 } from './clients.ts';

/** All versions of all objects under a prefix, a page (at most 1,000) at a time; delete markers are left out. */
export async function* listVersions(bucket: string, prefix: string): AsyncGenerator<LandedVersion[]> {
  let next: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await s3().send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...next }));
    yield (page.Versions ?? []).map((version) => ({
      key: version.Key!,
      version_id: version.VersionId ?? 'null',
      etag: (version.ETag ?? '').replaceAll('"', ''),
      size: version.Size ?? 0,
      last_modified: version.LastModified!.toISOString(),
    }));
    if (!page.IsTruncated) return;
    next = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

/** All objects under a prefix in the order of their keys, a page (at most 1,000) at a time. */
export async function* listObjects(bucket: string, prefix: string): AsyncGenerator<StoredObject[]> {
  let next: string | undefined;
  do {
    const page = await s3().send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: next }));
    yield (page.Contents ?? []).map((object) => ({ key: object.Key!, size: object.Size ?? 0 }));
    next = page.NextContinuationToken;
  } while (next !== undefined);
}
