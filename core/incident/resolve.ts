import type { FailedItem, FileItem, IncidentItem } from '../ledger/items.ts';
import { type Key, type LedgerStore, type Stored, withRetries } from '../ledger/store.ts';
import { closedKey, isFailed, isIncident, ofDataset, within } from './keys.ts';
import { resolvedMessage } from './message.ts';
import { type AlertPorts, newClaim } from './ports.ts';
import { isStale } from './record.ts';

/** A file that is in the lake now, or was taken out of it on purpose. */
export type OverFile = Pick<FileItem, 'file_id' | 'bucket' | 'key' | 'last_modified'>;

/** DynamoDB's limit of a transaction. */
const MAX_WRITES = 100;

/**
 * Told that files of a dataset are over, resolves the incidents that nothing else holds open: those that were paged are
 * told to be resolved, once. One query when the dataset has no open incident. May be repeated. Throws when that could not
 * be done, which the sweep makes up for.
 */
export async function resolveFor(
  ports: AlertPorts,
  dataset: string,
  files: OverFile[],
  claim = newClaim(ports, dataset),
): Promise<void> {
  const open = await ports.store.query<Stored>('open', ofDataset(dataset));
  if (open.length === 0) return;
  const byName = Map.groupBy(files, nameOf);
  const isMadeUpFor = (item: FailedItem) =>
    item.kind === 'table'
      ? files.length > 0
      : item.kind === 'file' && (byName.get(nameOf(item)) ?? []).some((file) => settles(file, item));
  const failed = open.filter(isFailed);
  const over = failed.filter(isMadeUpFor);
  await release(ports, over, isMadeUpFor);
  // Others may release the rest at this moment: whoever releases anything looks whether it was the last.
  const idsOf = (items: FailedItem[]) => new Set(items.map(({ sk }) => sk.split('#')[1]));
  const [touched, held] = [idsOf(over), idsOf(failed)];
  for (const incident of open.filter(isIncident)) {
    if (touched.has(incident.id) || !held.has(incident.id)) await closeIfOver(ports, incident, claim);
  }
}

export const nameOf = ({ bucket, key }: { bucket?: string; key?: string }) => `${bucket}/${key}`;

/** The version that failed itself, or a newer one of the same key. */
export const settles = (file: OverFile, item: FailedItem) =>
  file.file_id === item.file_id || file.last_modified >= item.modified!;

/** Removes what held incidents open, unless it has failed again since in a way that this does not make up for. */
export async function release(
  { store, clock }: Pick<AlertPorts, 'store' | 'clock'>,
  failed: Key[],
  isMadeUpFor: (item: FailedItem) => boolean,
): Promise<void> {
  for (let from = 0; from < failed.length; from += MAX_WRITES) {
    const keys = failed.slice(from, from + MAX_WRITES).map(({ pk, sk }) => ({ pk, sk }));
    await withRetries(clock, async () => {
      const gone = (await store.getMany<FailedItem>(keys)).filter(isMadeUpFor);
      if (gone.length > 0) await store.write([], gone);
    });
  }
}

/**
 * Closes an incident that nothing holds open any more and says so, if it was paged, by one message. An incident whose
 * page is about to go out is left to whoever pages, so that the page comes first.
 */
export async function closeIfOver(ports: AlertPorts, key: Key, claim: string): Promise<void> {
  const incident = await claimEnd(ports, key, claim);
  if (incident === undefined) return;
  try {
    await ports.publish(resolvedMessage(incident, ports.stage));
  } catch (error) {
    await withRetries(ports.clock, () => giveUpEnd(ports.store, key, claim));
    throw error;
  }
  await withRetries(ports.clock, async () => {
    const newest = await ports.store.get<IncidentItem>(key.pk, key.sk);
    if (newest?.resolver === claim) await close(ports, newest, 'resolved');
  });
}

/** The incident as this invocation has claimed to tell its end; undefined when that is not to be told, or by another. */
async function claimEnd(ports: AlertPorts, key: Key, claim: string): Promise<IncidentItem | undefined> {
  const { store, clock } = ports;
  return withRetries(clock, async () => {
    // The incident first: whatever is added to it after this changes its revision.
    const incident = await store.get<IncidentItem>(key.pk, key.sk);
    if (incident === undefined || (await isHeldOpen(store, key))) return undefined;
    const now = clock.now();
    const silent = incident.outcome ?? (incident.publishing_at === undefined ? 'recovered' : undefined);
    if (silent !== undefined) {
      await close(ports, incident, silent);
      return undefined;
    }
    if (incident.paged_at === undefined && !isStale(incident.publishing_at!, now)) return undefined;
    if (incident.resolving_at !== undefined && !isStale(incident.resolving_at, now)) return undefined;
    const claimed: IncidentItem = { ...incident, resolver: claim, resolving_at: now.toISOString() };
    await store.write([claimed]);
    return claimed;
  });
}

async function isHeldOpen(store: LedgerStore, key: Key): Promise<boolean> {
  return (await store.query(key.pk, { ...within(key.sk), limit: 1 })).length > 0;
}

async function giveUpEnd(store: LedgerStore, key: Key, claim: string): Promise<void> {
  const incident = await store.get<IncidentItem>(key.pk, key.sk);
  if (incident?.resolver === claim) {
    await store.write([{ ...incident, resolving_at: new Date(0).toISOString() } as IncidentItem]);
  }
}

/** Moves the incident to the closed ones; throws RevisionConflict when it has changed. */
async function close(
  { store, clock }: Pick<AlertPorts, 'store' | 'clock'>,
  incident: IncidentItem,
  outcome: NonNullable<IncidentItem['outcome']>,
): Promise<void> {
  const closed = { ...incident, ...closedKey(incident), rev: 0, closed_at: clock.now().toISOString(), outcome };
  await store.write([closed], [incident]);
}
