import { describeExecution, listExecutions, newestEvents } from '../../aws/executions.ts';
import { uploadVersion } from '../../aws/landing.ts';
import { fileId } from '../../core/ledger/file-id.ts';
import type { Session } from '../context.ts';
import { formatBytes } from '../format.ts';
import { type FollowResult, followFile, type RunSource, WAITING } from '../runs/follow.ts';
import type { LocalFile } from './files.ts';

const UPLOADS_AT_ONCE = 4;
/** Describing executions is limited to some 15 calls a second for the whole account. */
const MILLISECONDS_PER_FOLLOWED_FILE = 150;

/** A file that is in the landing bucket. */
export interface Landed {
  key: string;
  fileId: string;
  versionId: string;
  uploadedAt: Date;
}

export interface Dropped extends Landed {
  path: string;
  bytes: number;
}

export function runSource(machineArn: string): RunSource {
  return { describe: describeExecution, newestEvents, list: () => listExecutions(machineArn) };
}

/** Uploads the files, a few at once, with progress; the first failure stops what has not begun. */
export async function upload(session: Session, files: LocalFile[]): Promise<Dropped[]> {
  const { landingBucket } = await session.stack();
  const board = session.terminal.board();
  const dropped: Dropped[] = [];
  let next = 0;
  const worker = async () => {
    while (next < files.length) {
      const index = next++;
      const file = files[index]!;
      const uploadedAt = session.clock.now();
      const show = (text: string, passing: boolean) => board.set(String(index), `${file.key}  ${text}`, passing);
      show(`0 of ${formatBytes(file.bytes)}`, true);
      const versionId = await uploadVersion(file.path, landingBucket, file.key, (sent) => {
        show(`${percent(sent, file.bytes)} of ${formatBytes(file.bytes)}`, true);
      });
      show(`uploaded, ${formatBytes(file.bytes)}`, false);
      const id = fileId(landingBucket, file.key, versionId);
      dropped[index] = { ...file, versionId, uploadedAt, fileId: id };
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(UPLOADS_AT_ONCE, files.length) }, worker));
  } catch (error) {
    next = files.length;
    throw error;
  } finally {
    board.end();
  }
  return dropped;
}

/** Follows each file to its end, live. */
export async function follow(session: Session, dropped: Landed[], timeout: number): Promise<FollowResult[]> {
  const { ingestStateMachine } = await session.stack();
  const ports = { ledger: await session.ledger(), runs: runSource(ingestStateMachine), clock: session.clock };
  const interval = Math.max(400, dropped.length * MILLISECONDS_PER_FOLLOWED_FILE);
  const board = session.terminal.board();
  const { tint } = session.terminal;
  try {
    return await Promise.all(
      dropped.map(async (file) => {
        const show = (text: string) => board.set(file.fileId, `${file.key}  ${text}`, text === WAITING);
        show(WAITING);
        const followed = { fileId: file.fileId, key: file.key, versionId: file.versionId, since: file.uploadedAt };
        const result = await followFile(followed, ports, { timeout, interval, onStep: show });
        const well = result.outcome === 'done' || result.outcome === 'already_ingested';
        show(`${tint(well ? 'green' : 'red', result.outcome.replaceAll('_', ' '))}`);
        return result;
      }),
    );
  } finally {
    board.end();
  }
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '100 %' : `${Math.floor((100 * part) / whole)} %`;
}
