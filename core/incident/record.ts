import type { IncidentItem } from '../ledger/items.ts';
import { type Clock, type LedgerStore, type Stored, withRetries } from '../ledger/store.ts';
import { type Incident, type IncidentKey, incidentKey } from './incident.ts';

/** An incident in the ledger, with what it takes to page once in spite of repeats and crashes. */
export interface IncidentRecord extends Omit<IncidentItem, 'pk' | 'sk'>, Stored {
  /** Runs counted so far, so that an event delivered twice counts once; the count goes on when the list is full. */
  runs: string[];
  /** The run whose report pages, and since when it tries. */
  pager: string;
  paging_at: string;
  /** Set when the page has gone out. */
  paged_at?: string;
}

/** A list of ARNs; an item holds 400 KB. */
const MAX_RUNS = 1_000;
/** A claim this old without a page belongs to a report that died: Lambda's own retries come within three minutes. */
const CLAIM_SECONDS = 300;
const MAX_CAUSE = 20_000;

/**
 * Opens the incident with this run as its first, or counts the run, each run once. `page` is true for the one report
 * that has to page: nobody has, and this run opened the incident or the claim of the run that did is stale.
 */
export async function recordIncident(
  store: LedgerStore,
  clock: Clock,
  incident: Incident,
): Promise<{ key: IncidentKey; page: boolean }> {
  const key = incidentKey(incident);
  return withRetries(clock, async () => {
    const now = clock.now();
    const known = await store.get<IncidentRecord>(key.pk, key.sk);
    const next = known === undefined ? opened(key, incident, now) : counted(known, incident);
    const mine = next.pager === incident.run.arn;
    const stale = Date.parse(next.paging_at) < now.getTime() - CLAIM_SECONDS * 1000;
    const page = next.paged_at === undefined && (mine || stale);
    await store.write([page ? { ...next, pager: incident.run.arn, paging_at: now.toISOString() } : next]);
    return { key, page };
  });
}

/** Notes that the page went out. A crash before this pages again rather than never. */
export async function markPaged(store: LedgerStore, clock: Clock, key: IncidentKey): Promise<void> {
  await withRetries(clock, async () => {
    const record = await store.get<IncidentRecord>(key.pk, key.sk);
    if (record === undefined || record.paged_at !== undefined) return;
    await store.write([{ ...record, paged_at: clock.now().toISOString() } as IncidentRecord]);
  });
}

function opened(key: IncidentKey, incident: Incident, now: Date): IncidentRecord {
  const at = incident.at.toISOString();
  return {
    ...key,
    rev: 0,
    machine: incident.run.machine,
    dataset: incident.dataset,
    error: incident.error,
    state: incident.state,
    cause: incident.cause.slice(0, MAX_CAUSE),
    ...(incident.file === undefined ? {} : { file: `s3://${incident.file.bucket}/${incident.file.key}` }),
    run: incident.run.arn,
    count: 1,
    first_at: at,
    last_at: at,
    runs: [incident.run.arn],
    pager: incident.run.arn,
    paging_at: now.toISOString(),
  };
}

function counted(known: IncidentRecord, incident: Incident): IncidentRecord {
  if (known.runs.includes(incident.run.arn)) return known;
  const at = incident.at.toISOString();
  return {
    ...known,
    count: known.count + 1,
    last_at: [known.last_at, at].sort()[1]!,
    runs: known.runs.length < MAX_RUNS ? [...known.runs, incident.run.arn] : known.runs,
  };
}
