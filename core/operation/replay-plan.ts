import type { Dataset } from '../contract/dataset.ts';
import type { FileItem } from '../ledger/items.ts';
import { FileRef } from '../pipeline/payloads.ts';
import { clientToken } from '../run-query.ts';
import { writeOperation } from './item.ts';
import { beginReplay, type ReplayPorts } from './replay-begin.ts';
import { idOf, type ReplayInput, type ReplayItem } from './replay-items.ts';
import { followBatches, listFiles, waitingFiles } from './replay-list.ts';
import { hasSwapped } from './replay-swap.ts';

/** Files in one page: with keys of 1,024 bytes their pointers stay below Step Functions' 256 KB. */
export const filesInPage = 50;

/** Pages that one execution validates, about 16,000 events: its history ends at 25,000. */
export const maxPages = 40;

export interface ReplayPlanned {
  /** running → call again; validate → ValidateFiles; ready → BuildReplay; handed_on → Succeed, another execution goes on. */
  outcome: 'running' | 'validate' | 'ready' | 'handed_on';
  id: string;
  files: FileRef[];
  run?: string;
}

/**
 * Begins a replay, or goes on with it: finds the files that the new table is to be built from, and gives out, page after
 * page, those that are validated anew. Repeated, it finds what it had noted.
 */
export async function planReplay(
  ports: ReplayPorts,
  dataset: Dataset,
  input: ReplayInput,
  run: string,
): Promise<ReplayPlanned> {
  let item = await beginReplay(ports, dataset, input, run);
  const id = idOf(item);
  if (item.handed_on === run) return handOn(ports, item, input, run);
  if (await hasSwapped(ports, item)) return { outcome: 'ready', id, files: [] };
  const deadline = ports.clock.now().getTime() + ports.pollMilliseconds;
  item = await listFiles(ports, item, deadline);
  if (item.list_after !== null) return { outcome: 'running', id, files: [] };
  const followed = await followBatches(ports, item, Number.POSITIVE_INFINITY, deadline);
  item = followed.item;
  if (followed.more) return { outcome: 'running', id, files: [] };
  const files = await waitingFiles(ports, item, filesInPage);
  if (files.length === 0) return { outcome: 'ready', id, files: [] };
  if (item.pages >= maxPages) return handOn(ports, item, input, run);
  await writeOperation(ports, { ...item, pages: item.pages + 1 });
  return { outcome: 'validate', id, files: files.map(refOf) };
}

/** Repeated, it starts no second one: the name is the same. */
async function handOn(ports: ReplayPorts, item: ReplayItem, input: ReplayInput, run: string): Promise<ReplayPlanned> {
  const id = idOf(item);
  if (item.handed_on !== run) await writeOperation(ports, { ...item, handed_on: run });
  const name = `replay-${id}-${clientToken(run).slice(0, 8)}`;
  const next = await ports.startReplay(JSON.stringify({ ...input, continues: id }), name);
  return { outcome: 'handed_on', id, files: [], run: next };
}

const refOf = (file: FileItem): FileRef => FileRef.parse(file);
