import { getFile } from '../../core/ledger/files.ts';
import { describeAnomaly } from '../../core/quality/band.ts';
import { orphanRemarks } from '../../core/silver/orphans.ts';
import type { Session } from '../context.ts';
import type { RunFacts } from './describe.ts';

/**
 * What the file of a run had unlike the files before it, and its orphans, a sentence each. It is known when the file is
 * done, which another run may see to.
 */
export async function remarksOf(
  session: Session,
  { fileId }: RunFacts,
): Promise<Record<'anomalies' | 'orphans', string[]>> {
  if (fileId === undefined) return { anomalies: [], orphans: [] };
  const file = await getFile(await session.ledger(), fileId);
  return {
    anomalies: (file?.anomalies ?? []).map(describeAnomaly),
    orphans: orphanRemarks(file?.orphans === undefined ? [] : file.orphans),
  };
}
