import { exists } from '../../aws/s3.ts';
import { fileId } from '../../core/ledger/file-id.ts';
import { getFile } from '../../core/ledger/files.ts';
import { filePageKey } from '../../core/quality/report/keys.ts';
import type { Session } from '../context.ts';
import type { RunFacts } from './describe.ts';

/** Where the report of a run's file is; undefined while there is none. A run that failed tells the file by its input. */
export async function reportOf(session: Session, facts: RunFacts): Promise<string | undefined> {
  const { bucket, key, versionId } = facts;
  const id = facts.fileId ?? (bucket && key && versionId ? fileId(bucket, key, versionId) : undefined);
  const file = id === undefined ? undefined : await getFile(await session.ledger(), id);
  if (file === undefined) return undefined;
  const { lakeBucket } = await session.stack();
  const page = filePageKey(file);
  return (await exists(lakeBucket, page)) ? `s3://${lakeBucket}/${page}` : undefined;
}
