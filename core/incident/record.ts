import type { CauseItem, FailedItem, FailureItem, IncidentItem } from '../ledger/items.ts';
import { type Clock, type Key, type LedgerStore, type Stored, withRetries } from '../ledger/store.ts';
import type { FailedRun } from './failed-run.ts';
import type { HeldBy } from './held-by.ts';
import { causeKey, failedKey, failureKey, incidentId, openKey } from './keys.ts';

/** Failures further apart than this are not one incident: whoever dealt with the first wants to know of the next. */
const QUIET_SECONDS = 3_600;
/** That the same file fails again within this is no news: reconcile-landing starts runs again once an hour. */
const AGAIN_SECONDS = 7_200;
/** One that goes on is paged again after this. */
const MAX_SECONDS = 86_400;
/**
 * A claim to page, or to send that it is resolved, that is this old belongs to an invocation that died. Lambda repeats
 * one that failed after a minute: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html.
 */
const CLAIM_SECONDS = 45;
const MAX_FILES = 10;
/** The item is written once for each failure, so it is kept small. */
const MAX_CAUSE = 4_000;
const MAX_INPUT = 4_000;

export interface Counted {
  /** The open incident that the run counts in; undefined when it counts in none. */
  incident: Key | undefined;
  /** The caller has to page: nobody has, and it opened the incident or the claim of who did is stale. */
  page: boolean;
}

/**
 * Counts a failed run, each once however often this is repeated: in the open incident of its cause, or in a new one when
 * there is none, when that one has been quiet for an hour (two, for a file that holds it open already), or is a day old. A
 * run that left nothing undone is noted, and counts in none. `claim` names the caller's invocation.
 */
export async function recordFailure(
  store: LedgerStore,
  clock: Clock,
  failed: FailedRun,
  held: HeldBy | undefined,
  claim: string,
): Promise<Counted> {
  return withRetries(clock, async () => {
    const { run, dataset, error } = failed;
    const now = clock.now();
    const stopped_at = failed.at.toISOString();
    const [failure, cause] = await Promise.all([
      read<FailureItem>(store, failureKey(run.arn)),
      read<CauseItem>(store, causeKey(run.machine, dataset, error)),
    ]);
    const noted = { ...(failure ?? absent(failureKey(run.arn))), run: run.arn, stopped_at };
    const counted = failure?.incident === undefined ? undefined : { pk: 'open', sk: failure.incident };
    if (failure?.stopped_at === stopped_at) {
      return { incident: counted, page: counted !== undefined && (await takeOver(store, now, counted, claim)) };
    }
    if (held === undefined) {
      await store.write([{ ...noted, incident: undefined } as FailureItem]);
      return { incident: undefined, page: false };
    }
    const latest = cause && (await read<IncidentItem>(store, { pk: 'open', sk: cause.incident }));
    const known = latest && (await read<FailedItem>(store, failedKey(latest, failed, held)));
    const quiet = known === undefined ? QUIET_SECONDS : AGAIN_SECONDS;
    const joined = latest !== undefined && takesIn(latest, now, quiet) ? latest : undefined;
    const mine = joined === undefined || mayPage(joined, now);
    const incident = {
      ...(joined === undefined
        ? opened(failed, held, now)
        : withOneMore(joined, failed, counted?.sk !== joined.sk, now)),
      ...(mine ? { pager: claim, paging_at: now.toISOString() } : {}),
    } as IncidentItem;
    const items: Stored[] = [incident, await failedItem(store, incident, failed, held)];
    if (joined === undefined) {
      items.push({ ...(cause ?? absent(causeKey(run.machine, dataset, error))), incident: incident.sk } as CauseItem);
    }
    items.push({ ...noted, incident: incident.sk } as FailureItem);
    await store.write(items);
    return { incident: { pk: incident.pk, sk: incident.sk }, page: mine };
  });
}

export const isStale = (since: string, now: Date): boolean => Date.parse(since) <= now.getTime() - CLAIM_SECONDS * 1000;

/** Nobody has paged for the incident, and nobody who lives is about to. */
export const mayPage = (incident: IncidentItem, now: Date): boolean =>
  incident.paged_at === undefined && incident.resolver === undefined && isStale(incident.paging_at, now);

const read = <T extends Stored>(store: LedgerStore, { pk, sk }: Key) => store.get<T>(pk, sk);
const absent = (key: Key): Stored => ({ ...key, rev: 0 });

/** One whose end is being told takes nothing in any more. */
function takesIn(incident: IncidentItem, now: Date, quiet: number): boolean {
  const age = (since: string) => (now.getTime() - Date.parse(since)) / 1000;
  return incident.resolver === undefined && age(incident.counted_at) < quiet && age(incident.opened_at) < MAX_SECONDS;
}

/** Claims the page of an incident that was counted before; the write fails when somebody else claims it. */
export async function takeOver(store: LedgerStore, now: Date, key: Key, claim: string): Promise<boolean> {
  const incident = await read<IncidentItem>(store, key);
  if (incident === undefined || !mayPage(incident, now)) return false;
  await store.write([{ ...incident, pager: claim, paging_at: now.toISOString() } as IncidentItem]);
  return true;
}

function opened(failed: FailedRun, held: HeldBy, now: Date): Stored {
  const { run, dataset, error, state, cause } = failed;
  const at = failed.at.toISOString();
  const id = incidentId(now.toISOString(), `${run.machine} ${error} ${run.arn}`);
  const item: Omit<IncidentItem, 'pager' | 'paging_at'> = {
    ...openKey(dataset, id),
    rev: 0,
    id,
    machine: run.machine,
    dataset,
    error,
    state,
    cause: cause.slice(0, MAX_CAUSE),
    run: run.arn,
    file_id: failed.file?.fileId,
    ...(run.input !== undefined && run.input.length <= MAX_INPUT ? { input: run.input } : {}),
    held_by: held.kind,
    count: 1,
    files: filesOf(failed),
    first_at: at,
    last_at: at,
    counted_at: now.toISOString(),
    opened_at: now.toISOString(),
  };
  return item;
}

/** A run that was redriven and failed again is counted already. */
function withOneMore(incident: IncidentItem, failed: FailedRun, isNew: boolean, now: Date): IncidentItem {
  const at = failed.at.toISOString();
  return {
    ...incident,
    count: incident.count + (isNew ? 1 : 0),
    files: [...new Set([...incident.files, ...filesOf(failed)])].slice(0, MAX_FILES),
    first_at: [incident.first_at, at].sort()[0]!,
    last_at: [incident.last_at, at].sort()[1]!,
    counted_at: now.toISOString(),
  };
}

const filesOf = ({ file }: FailedRun) => (file === undefined ? [] : [`s3://${file.bucket}/${file.key}`]);

/** The newest of the versions of a file that failed has to be done. */
async function failedItem(store: LedgerStore, incident: Key, failed: FailedRun, held: HeldBy): Promise<FailedItem> {
  const key = failedKey(incident, failed, held);
  const known = await read<FailedItem>(store, key);
  const isNewest = known?.modified === undefined || (held.modified ?? '') >= known.modified;
  return {
    ...(known ?? absent(key)),
    ...(isNewest ? held : {}),
    run: failed.run.arn,
    failed_at: failed.at.toISOString(),
  } as FailedItem;
}
