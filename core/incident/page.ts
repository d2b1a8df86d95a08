import { getFile } from '../ledger/files.ts';
import type { IncidentItem } from '../ledger/items.ts';
import { type Key, withRetries } from '../ledger/store.ts';
import { filePageKey } from '../quality/report/keys.ts';
import { objectConsoleLink } from './console-link.ts';
import { hasReport, pageMessage } from './message.ts';
import type { AlertPorts } from './ports.ts';
import { takeOver } from './record.ts';
import { closeIfOver } from './resolve.ts';

/** What fails together fails within seconds; the page says how many they were by then. */
const SETTLE_MILLISECONDS = 12_000;

/**
 * Pages for an incident that this invocation has claimed, after a moment in which others are counted. False: it was over
 * before that, or another invocation has taken the claim.
 *
 * @throws what the alert topic throws; the next report of the incident, or the sweep, pages then
 */
export async function pageSoon(ports: AlertPorts, key: Key, claim: string): Promise<boolean> {
  await ports.clock.sleep(SETTLE_MILLISECONDS);
  return pageClaimed(ports, key, claim);
}

/** As pageSoon, at once, if the claim on the page is stale. */
export async function pageStale(ports: AlertPorts, key: Key, claim: string): Promise<boolean> {
  const claimed = await withRetries(ports.clock, () => takeOver(ports.store, ports.clock.now(), key, claim));
  return claimed && (await pageClaimed(ports, key, claim));
}

/** As pageSoon, at once. */
export async function pageClaimed(ports: AlertPorts, key: Key, claim: string): Promise<boolean> {
  const now = ports.clock.now().toISOString();
  const incident = await change(ports, key, claim, { paging_at: now, publishing_at: now });
  if (incident === undefined) return false;
  try {
    await ports.publish(pageMessage(incident, ports.stage, await reportLink(ports, incident)));
  } catch (error) {
    // Whoever comes next need not wait for the claim to grow stale.
    await change(ports, key, claim, { paging_at: new Date(0).toISOString(), publishing_at: undefined });
    throw error;
  }
  await change(ports, key, claim, { paged_at: ports.clock.now().toISOString() });
  // What had failed may have come meanwhile: "resolved" waits for the page.
  await closeIfOver(ports, key, claim);
  return true;
}

/** Where the report of a refused file is in the AWS console: it was written before the ledger knew of the refusal. */
async function reportLink({ store, stage, lakeBucket }: AlertPorts, incident: IncidentItem) {
  if (stage === 'local' || !hasReport(incident)) return undefined;
  const file = await getFile(store, incident.file_id!);
  // Of one that is not refused, or not any more, the report is another, or there is none.
  if (file?.status !== 'rejected') return undefined;
  return objectConsoleLink(incident.run, lakeBucket, filePageKey(file));
}

/** Changes the incident while the claim on its page stands; undefined when it does not. */
async function change(
  { store, clock }: AlertPorts,
  key: Key,
  claim: string,
  changed: Partial<IncidentItem>,
): Promise<IncidentItem | undefined> {
  return withRetries(clock, async () => {
    const incident = await store.get<IncidentItem>(key.pk, key.sk);
    if (incident === undefined || incident.pager !== claim || incident.paged_at !== undefined) return undefined;
    const next = { ...incident, ...changed };
    await store.write([next]);
    return next;
  });
}
