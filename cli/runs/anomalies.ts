import { getFile } from '../../core/ledger/files.ts';
import { describeAnomaly } from '../../core/quality/band.ts';
import type { Session } from '../context.ts';
import type { RunFacts } from './describe.ts';

/**
 * What the file of a run had unlike the files before it, a sentence each. It is known when the file is done, which
 * another run may see to.
 */
export async function anomaliesOf(session: Session, { fileId }: RunFacts): Promise<string[]> {
  if (fileId === undefined) return [];
  const file = await getFile(await session.ledger(), fileId);
  return (file?.anomalies ?? []).map(describeAnomaly);
}
