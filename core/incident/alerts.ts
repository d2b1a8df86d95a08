import type { AlertItem } from '../ledger/items.ts';
import { type LedgerStore, RevisionConflict, type Stored } from '../ledger/store.ts';

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
