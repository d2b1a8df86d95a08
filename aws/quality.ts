import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { RecordStore } from '../core/quality/ports.ts';
import { dayFolder, recordKey } from '../core/quality/record.ts';
import type { Profile } from '../core/validation/result.ts';
import { registerDay } from './catalog.ts';
import { s3 } from './clients.ts';
import type { Reports } from './reports.ts';
import { readText } from './s3.ts';

/** Records of files in the lake's bucket, and the days of them in the Glue table `files` of the database `ops`. */
export function recordStore(ops: string, bucket: string, pages: Reports): RecordStore {
  return {
    async write(record) {
      // One line: readers of JSON tables take each line for a row.
      const put = { Bucket: bucket, Key: recordKey(record), Body: JSON.stringify(record) };
      await s3().send(new PutObjectCommand({ ...put, ContentType: 'application/json' }));
      await pages.file(record);
    },
    showDay: (dataset, day) => registerDay(ops, [dataset, day], `s3://${bucket}/${dayFolder(dataset, day)}/`),
    refreshPages: pages.refresh,
    refreshDay: pages.refreshDay,
    async profile(key) {
      try {
        return JSON.parse(await readText(bucket, key)) as Profile;
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
  };
}
