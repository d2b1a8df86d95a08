import { createHash } from 'node:crypto';

/** The file id: 32 hexadecimal digits, the same for the same object version for ever. */
export function fileId(bucket: string, key: string, versionId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([bucket, key, versionId]))
    .digest('hex')
    .slice(0, 32);
}
