import { z } from 'zod';
import { readConfig } from '../aws/config.ts';
import { ledgerStore } from '../aws/ledger.ts';
import { task } from '../aws/task.ts';
import { recordAlert } from '../core/incident/alerts.ts';
import type { LedgerStore } from '../core/ledger/store.ts';

/** The part of an SNS event that is used. */
export const SnsEvent = z.looseObject({
  Records: z.array(
    z.looseObject({
      Sns: z.looseObject({
        MessageId: z.string().min(1),
        Timestamp: z.iso.datetime({ offset: true }),
        /** CloudWatch and this project always set one; others need not. */
        Subject: z.string().nullish(),
        Message: z.string(),
      }),
    }),
  ),
});

/** Keeps each message of the alert topic in the ledger, once however often it is delivered. */
export const recordAlerts =
  (store: LedgerStore) =>
  async ({ Records }: z.infer<typeof SnsEvent>) => {
    for (const { Sns } of Records) {
      await recordAlert(store, {
        id: Sns.MessageId,
        at: new Date(Sns.Timestamp).toISOString(),
        subject: Sns.Subject || Sns.Message.split('\n', 1)[0]!.slice(0, 100),
        message: Sns.Message,
      });
    }
    return { recorded: Records.length };
  };

export const handler = task(SnsEvent, recordAlerts(ledgerStore(readConfig().ledgerTable)));
