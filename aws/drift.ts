import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { DriftPorts } from '../core/discovery/drift/tell.ts';
import type { RecordPorts } from '../core/discovery/drift/window.ts';
import { dayFolder } from '../core/quality/record.ts';
import { s3 } from './clients.ts';
import type { Config } from './config.ts';
import { ledgerStore, systemClock } from './ledger.ts';
import { publishNotice } from './notices.ts';
import { pagePorts } from './reports.ts';

/** The records of files in the lake's bucket. */
export function driftRecords(bucket: string): RecordPorts {
  const { listDays, read } = pagePorts(bucket);
  return {
    listDays,
    read,
    async list(dataset, day) {
      const found: { key: string; written: string }[] = [];
      let next: string | undefined;
      do {
        const page = await s3().send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: `${dayFolder(dataset, day)}/`,
            ContinuationToken: next,
          }),
        );
        for (const { Key, LastModified } of page.Contents ?? []) {
          found.push({ key: Key!, written: LastModified!.toISOString() });
        }
        next = page.NextContinuationToken;
      } while (next !== undefined);
      return found;
    },
  };
}

/** What a check for drift works with: records, the ledger, and the topic of notices. */
export function driftPorts({ lakeBucket, ledgerTable, noticeTopicArn }: Config): DriftPorts {
  return {
    ledger: ledgerStore(ledgerTable),
    clock: systemClock,
    records: driftRecords(lakeBucket),
    notify: (notice) => publishNotice(noticeTopicArn, notice),
  };
}
