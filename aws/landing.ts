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
  return versionOf(bucket, await upload.done());
}

/**
 * Puts an object unless its newest version holds the same content already (or all the same, with `again`), and says
 * which version now holds it.
 */
export async function putUnlessSame(
  bucket: string,
  key: string,
  body: string,
  contentType: string,
  again = false,
): Promise<{ put: boolean; versionId: string }> {
  // The etag of an encrypted object says nothing of its content: the hash is kept beside it.
  const sha256 = createHash('sha256').update(body).digest('hex');
  const found = await head(bucket, key);
  if (found?.Metadata?.sha256 === sha256 && !again) return { put: false, versionId: versionOf(bucket, found) };
  const put = await s3().send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: Buffer.from(body),
      ContentType: contentType,
      Metadata: { sha256 },
    }),
  );
  return { put: true, versionId: versionOf(bucket, put) };
}

async function head(bucket: string, key: string) {
  try {
    return await s3().send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    // A key that was deleted answers 404 as well.
    if (status === 404) return undefined;
    throw error;
  }
}

function versionOf(bucket: string, { VersionId }: { VersionId?: string }): string {
  if (VersionId === undefined) throw new Error(`the bucket ${bucket} keeps no versions: deploy the stack again`);
  return VersionId;
}
