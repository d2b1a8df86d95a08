import type { Clock, LedgerStore } from '../ledger/store.ts';
import type { AlertMessage } from './message.ts';

/** What it takes to tell people of incidents. */
export interface AlertPorts {
  stage: string;
  /** Bucket with the report pages. */
  lakeBucket: string;
  store: LedgerStore;
  clock: Clock;
  /** Sends a message to the alert topic. */
  publish(alert: AlertMessage): Promise<void>;
}

/** A name for one invocation, so that it knows its own claims again and takes nobody else's for them. */
export const newClaim = ({ clock }: Pick<AlertPorts, 'clock'>, run: string): string =>
  `${run} ${clock.now().toISOString()} ${clock.random()}`;
