import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { s3 } from './clients.ts';

/**
 * Uploads a file from disk, in parts when it is large, and returns the version it became. `sent` hears the bytes so far.
 * Throws when the bucket keeps no versions: the pipeline identifies a file by its version.
 */
export async function uploadVersion(
  path: string,
  bucket: string,
  key: string,
  sent: (bytes: number) => void = () => undefined,
): Promise<string> {
  const upload = new Upload({ client: s3(), params: { Bucket: bucket, Key: key, Body: createReadStream(path) } });
  upload.on('httpUploadProgress', ({ loaded }) => sent(loaded ?? 0));
  const { VersionId } = await upload.done();
  if (VersionId === undefined) throw new Error(`the bucket ${bucket} keeps no versions: deploy the stack again`);
  return VersionId;
}

/** Puts an object unless the newest version holds the same content already; true when it was put. */
export async function putUnlessSame(bucket: string, key: string, body: string, contentType: string): Promise<boolean> {
  const sha256 = createHash('sha256').update(body).digest('hex');
  try {
    const found = await s3().send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    // The etag of an encrypted object says nothing of its content: the hash is kept beside it.
    if (found.Metadata?.sha256 === sha256) return false;
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    // 403 is how S3 answers for a missing key to a role that may not list the bucket.
    if (status !== 404 && status !== 403) throw error;
  }
  await s3().send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType, Metadata: { sha256 } }),
  );
  return true;
}
