import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { ObjectVersion } from '../core/pipeline/identify.ts';
import { s3 } from './clients.ts';

/** CopyObject takes up to 5 GB, but minutes for it; larger objects are copied in parts, side by side. */
const maxCopyBytes = 1_000_000_000;
const partBytes = 500_000_000;

const unquoted = (etag: string | undefined) => (etag ?? '').replaceAll('"', '');

/** One version of an object; the newest when `versionId` is left out. Undefined when it is gone. */
export async function headVersion(bucket: string, key: string, versionId?: string): Promise<ObjectVersion | undefined> {
  let found: HeadObjectCommandOutput;
  try {
    found = await s3().send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
  } catch (error) {
    const status = statusOf(error);
    // A version id that S3 does not know is a 400, a deleted version a 404, a delete marker a 405.
    if (status === 404 || status === 405 || (status === 400 && versionId !== undefined)) return undefined;
    throw error;
  }
  return {
    bucket,
    key,
    version_id: found.VersionId ?? 'null',
    etag: unquoted(found.ETag),
    size: found.ContentLength ?? 0,
    last_modified: found.LastModified!.toISOString(),
  };
}

/** The newest version of a key whose etag is this one. Undefined when there is none. */
export async function versionWithEtag(bucket: string, key: string, etag: string): Promise<string | undefined> {
  let next: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await s3().send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key, ...next }));
    const versions = page.Versions ?? [];
    const match = versions.find((version) => version.Key === key && unquoted(version.ETag) === unquoted(etag));
    if (match !== undefined) return match.VersionId;
    // Keys come in order, and the key itself is the first that has it as a prefix.
    if (!page.IsTruncated || versions.some((version) => version.Key !== key)) return undefined;
    next = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

const copySource = ({ bucket, key, version_id }: ObjectVersion) =>
  `${bucket}/${encodeURIComponent(key)}${version_id === 'null' ? '' : `?versionId=${encodeURIComponent(version_id)}`}`;

/** S3 writes nothing where there is an object of that key, and says 412. */
const once = { IfNoneMatch: '*' };

const statusOf = (error: unknown) => (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** That the object is there is what was wanted; two at once are told to try again (ConditionalRequestConflict). */
async function unlessThere(written: Promise<unknown>): Promise<void> {
  await written.catch((error) => {
    if (statusOf(error) !== 412) throw error;
  });
}

/** Copies one version of an object, whatever its size, unless there is an object of that key: what is there stays. */
export async function copyOnce(from: ObjectVersion, bucket: string, key: string): Promise<void> {
  await unlessThere(from.size <= maxCopyBytes ? copyWhole(from, bucket, key) : copyInParts(from, bucket, key));
}

async function copyWhole(from: ObjectVersion, bucket: string, key: string): Promise<void> {
  const copy = { Bucket: bucket, Key: key, CopySource: copySource(from) };
  try {
    await s3().send(new CopyObjectCommand({ ...copy, ...once }));
  } catch (error) {
    // Where S3 takes the condition for other writes only, it looks before.
    if (statusOf(error) !== 501) throw error;
    if (!(await exists(bucket, key))) await s3().send(new CopyObjectCommand(copy));
  }
}

/** Parts of a copy that is not completed go by the bucket's lifecycle. */
async function copyInParts(from: ObjectVersion, bucket: string, key: string): Promise<void> {
  const target = { Bucket: bucket, Key: key };
  const { UploadId } = await s3().send(new CreateMultipartUploadCommand(target));
  const starts = Array.from({ length: Math.ceil(from.size / partBytes) }, (_, index) => index * partBytes);
  const parts = await Promise.all(
    starts.map(async (start, index) => {
      const range = `bytes=${start}-${Math.min(start + partBytes, from.size) - 1}`;
      const part = { ...target, UploadId, PartNumber: index + 1, CopySource: copySource(from), CopySourceRange: range };
      const { CopyPartResult } = await s3().send(new UploadPartCopyCommand(part));
      return { PartNumber: index + 1, ETag: CopyPartResult!.ETag };
    }),
  );
  const MultipartUpload = { Parts: parts };
  await s3().send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload, ...once }));
}

export async function exists(bucket: string, key: string): Promise<boolean> {
  return (await headVersion(bucket, key)) !== undefined;
}

export async function readStream(bucket: string, key: string): Promise<Readable> {
  const { Body } = await s3().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Body as Readable;
}

export async function readText(bucket: string, key: string): Promise<string> {
  const { Body } = await s3().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Body!.transformToString();
}

/** Iceberg table metadata at an s3:// location, unzipped if need be. */
export async function readMetadata(location: string): Promise<string> {
  const url = new URL(location);
  const key = decodeURIComponent(url.pathname.slice(1));
  const { Body } = await s3().send(new GetObjectCommand({ Bucket: url.hostname, Key: key }));
  const bytes = await Body!.transformToByteArray();
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : Buffer.from(bytes)).toString('utf8');
}

const jsonObject = (bucket: string, key: string, value: unknown) => ({
  Bucket: bucket,
  Key: key,
  Body: `${JSON.stringify(value, null, 2)}\n`,
  ContentType: 'application/json',
});

export async function writeJson(bucket: string, key: string, value: unknown): Promise<void> {
  await s3().send(new PutObjectCommand(jsonObject(bucket, key, value)));
}

/** The same unless there is an object of that key: what is there stays. */
export async function writeJsonOnce(bucket: string, key: string, value: unknown): Promise<void> {
  await unlessThere(s3().send(new PutObjectCommand({ ...jsonObject(bucket, key, value), ...once })));
}

export async function uploadFile(path: string, bucket: string, key: string): Promise<void> {
  await new Upload({ client: s3(), params: { Bucket: bucket, Key: key, Body: createReadStream(path) } }).done();
}
