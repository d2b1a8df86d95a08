import type { FileItem } from '../ledger/items.ts';
import type { LedgerStore } from '../ledger/store.ts';
import { inRange, type ReplayItem } from './replay-items.ts';

export interface ReplaySurvey {
  /** Files in silver. */
  files: number;
  /** Of these, those that a replay validates anew. */
  anew: number;
  /** Files that were refused, or failed, and get another chance. */
  retried: number;
  /** Files that have been taken out by undo, and stay out. */
  undone: number;
  /** Files that a run is still at; the replay takes those that are merged by its end. */
  under_way: number;
}

/** What a replay of this range would be about, from the ledger; nothing is changed. */
export async function surveyReplay(
  ledger: LedgerStore,
  dataset: string,
  range: ReplayItem['range'],
): Promise<ReplaySurvey> {
  const survey: ReplaySurvey = { files: 0, anew: 0, retried: 0, undone: 0, under_way: 0 };
  let after: string | undefined;
  do {
    const page = await ledger.list<FileItem>(dataset, { limit: 1000, after });
    for (const file of page.items) count(survey, file, inRange(range, file.last_modified));
    after = page.next;
  } while (after !== undefined);
  return survey;
}

function count(survey: ReplaySurvey, { status, bronze_key }: FileItem, within: boolean): void {
  if (status === 'done') {
    survey.files++;
    if (within) survey.anew++;
  } else if (status === 'undone') survey.undone++;
  else if (status === 'received' || status === 'staged') survey.under_way++;
  else if (within && bronze_key !== undefined) survey.retried++;
}
