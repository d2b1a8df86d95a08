import type { AlertItem, IncidentItem } from '../ledger/items.ts';
import { type LedgerStore, RevisionConflict, type Stored } from '../ledger/store.ts';
import { isFailed, isIncident, within } from './keys.ts';

/** A message as the alert topic delivered it. */
export interface DeliveredAlert {
  id: string;
  /** ISO 8601. */
  at: string;
  subject: string;
  message: string;
}

export type AlertRecord = AlertItem & Stored;

/** Keeps a message of the alert topic, once however often it is delivered. */
export async function recordAlert(store: LedgerStore, alert: DeliveredAlert): Promise<void> {
  const { id, at, subject, message } = alert;
  const item: AlertRecord = { pk: 'alert', sk: `${at}#${id}`, rev: 0, at, subject, message };
  try {
    await store.write([item]);
  } catch (error) {
    // It is there already: the message was delivered before.
    if (!(error instanceof RevisionConflict)) throw error;
  }
}

/** The messages really sent, newest first. */
export async function sentAlerts(
  store: LedgerStore,
  options: { since?: Date; limit?: number },
): Promise<AlertRecord[]> {
  return store.query<AlertRecord>('alert', {
    ...(options.since === undefined ? {} : { from: options.since.toISOString() }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    descending: true,
  });
}

export interface IncidentSummary {
  incident: IncidentItem;
  status: 'open' | NonNullable<IncidentItem['outcome']>;
  /** Files that are still to come. */
  waiting: number;
}

/** Incidents, the open ones first, each kind newest first; of the closed ones those that were opened since, up to a limit. */
export async function incidents(
  store: LedgerStore,
  options: { since?: Date; limit?: number },
): Promise<IncidentSummary[]> {
  const [open, closed] = await Promise.all([
    store.query<Stored>('open', {}),
    store.query<IncidentItem>('incident', {
      ...(options.since === undefined ? {} : { from: options.since.toISOString() }),
      ...(options.limit === undefined ? {} : { limit: options.limit }),
      descending: true,
    }),
  ]);
  const failed = open.filter(isFailed);
  const waiting = ({ sk }: IncidentItem) => {
    const { from, to } = within(sk);
    return failed.filter((item) => item.sk >= from && item.sk <= to).length;
  };
  return [
    ...open
      .filter(isIncident)
      .sort((a, b) => (a.opened_at < b.opened_at ? 1 : -1))
      .map((incident) => ({ incident, status: 'open' as const, waiting: waiting(incident) })),
    ...closed.map((incident) => ({ incident, status: incident.outcome!, waiting: 0 })),
  ];
}
