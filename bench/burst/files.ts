import { PutObjectCommand } from '@aws-sdk/client-s3';
import { s3 } from '../../aws/clients.ts';
import { fileId } from '../../core/ledger/file-id.ts';

/** An object in the landing bucket, as a run is started with it. */
export interface Landed {
  file_id: string;
  bucket: string;
  key: string;
  version_id: string;
  etag: string;
  size: number;
  landed_at: Date;
}

const uploadsAtOnce = 32;

/** Puts objects into a bucket, many at once, and says which versions they became; in the order of the texts. */
export async function land(bucket: string, files: { key: string; text: string }[]): Promise<Landed[]> {
  const landed: Landed[] = [];
  let next = 0;
  const worker = async () => {
    while (next < files.length) {
      const index = next++;
      const { key, text } = files[index]!;
      const put = await s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }));
      if (put.VersionId === undefined) throw new Error(`the bucket ${bucket} keeps no versions`);
      landed[index] = {
        file_id: fileId(bucket, key, put.VersionId),
        bucket,
        key,
        version_id: put.VersionId,
        etag: put.ETag!.replaceAll('"', ''),
        size: Buffer.byteLength(text),
        landed_at: new Date(),
      };
    }
  };
  await Promise.all(Array.from({ length: uploadsAtOnce }, worker));
  return landed;
}

export const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at';

/** `n` files of orders that share no order, over the ten days before `day`; `code` (4–12 of 0-9A-Z) makes them its own. */
export function orderFiles(n: number, rows: number, code: string, day: string): { key: string; text: string }[] {
  const last = Date.parse(`${day}T00:00:00Z`);
  return Array.from({ length: n }, (_, file) => {
    const lines = Array.from({ length: rows }, (_, row) => {
      const order = file * rows + row;
      const at = new Date(last - 1000 - ((order * 7_919_000) % 863_999_000)).toISOString();
      const values = [`O-${code}-${String(order).padStart(6, '0')}`, `C-${String(order % 200).padStart(6, '0')}`];
      values.push(`P-${String(order % 40).padStart(5, '0')}`, String(1 + (order % 5)), `${1 + (order % 90)}.50`);
      return [...values, 'paid', at, at].join(',');
    });
    return {
      key: `landing/orders/${code}-${String(file).padStart(4, '0')}.csv`,
      text: `${[header, ...lines].join('\n')}\n`,
    };
  });
}
