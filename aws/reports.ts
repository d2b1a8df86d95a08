import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Mart } from '../core/gold/mart.ts';
import { dayFolder, type FileRecord } from '../core/quality/record.ts';
import { martsOf } from '../core/quality/report/marts.ts';
import type { PagePorts } from '../core/quality/report/ports.ts';
import { refreshDay, refreshPages, writeFilePage } from '../core/quality/report/refresh.ts';
import { s3 } from './clients.ts';
import type { Config } from './config.ts';
import { publishUnwrittenReport } from './metrics.ts';
import { logger } from './task.ts';

/** The report pages in the lake's bucket, and the records that they are made of. */
export function pagePorts(bucket: string): PagePorts {
  return {
    async listRecords(dataset, day) {
      const prefix = `${dayFolder(dataset, day)}/`;
      const found: Awaited<ReturnType<PagePorts['listRecords']>> = [];
      let next: string | undefined;
      do {
        const page = await s3().send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: next }),
        );
        for (const { Key, ETag } of page.Contents ?? []) {
          const file_id = /^([0-9a-f]{32})\.json$/.exec(Key!.slice(prefix.length))?.[1];
          if (file_id !== undefined) found.push({ file_id, key: Key!, etag: (ETag ?? '').replaceAll('"', '') });
        }
        next = page.NextContinuationToken;
      } while (next !== undefined);
      return found;
    },
    async listDays(dataset, from) {
      const prefix = dayFolder(dataset, '');
      const days: string[] = [];
      let next: string | undefined;
      do {
        const page = await s3().send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            Delimiter: '/',
            StartAfter: `${prefix}${from}`,
            ContinuationToken: next,
          }),
        );
        days.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!.slice(prefix.length, -1)));
        next = page.NextContinuationToken;
      } while (next !== undefined);
      return days.filter((day) => day >= from).sort();
    },
    async read(key) {
      try {
        const { Body } = await s3().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return await Body!.transformToString();
      } catch (error) {
        // Who may not list the whole bucket is told that what is not there is forbidden:
        // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        if (error instanceof Error && ['NoSuchKey', 'AccessDenied'].includes(error.name)) return undefined;
        throw error;
      }
    },
    async write(key, text, type) {
      await s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: type }));
    },
  };
}

export interface Reports {
  file(record: FileRecord): Promise<void>;
  /** Returns the days that there was no time for; not those that could not be written. */
  refresh(dataset: string, days: string[], hasTime?: () => boolean): Promise<string[]>;
  refreshDay(dataset: string, day: string): Promise<'done' | 'more'>;
}

/** Writes report pages and never fails: what could not be written is in the log and a metric, and the next run does it. */
export function reports({ lakeBucket, stage }: Pick<Config, 'lakeBucket' | 'stage'>, marts: Mart[]): Reports {
  const ports = pagePorts(lakeBucket);
  const tried = <T>(dataset: string, what: object, written: Promise<T>): Promise<T | undefined> =>
    written.catch((error: Error) => {
      logger.error('a report page was not written; its record is in the lake', { dataset, ...what, error });
      publishUnwrittenReport(dataset);
      return undefined;
    });
  return {
    file: async (record) => {
      const place = { stage, lakeBucket, marts: martsOf(marts, record.dataset) };
      await tried(record.dataset, { file_id: record.file_id }, writeFilePage(ports, record, place));
    },
    refresh: async (dataset, days, hasTime) =>
      (await tried(dataset, { days }, refreshPages(ports, dataset, days, { stage, lakeBucket }, hasTime))) ?? [],
    refreshDay: async (dataset, day) =>
      (await tried(dataset, { day }, refreshDay(ports, dataset, day, { stage, lakeBucket }))) ?? 'done',
  };
}
