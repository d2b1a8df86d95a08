import { createHash } from 'node:crypto';
import type { FailedItem, IncidentItem } from '../ledger/items.ts';
import type { Key, Stored } from '../ledger/store.ts';
import type { FailedRun } from './failed-run.ts';
import type { HeldBy } from './held-by.ts';

const part = (text: string) => text.replaceAll('#', '_').slice(0, 200);
const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Where an open incident is; ids begin with the time, and are never used twice. */
export const openKey = (dataset: string, id: string): Key => ({ pk: 'open', sk: `${part(dataset)}#${id}` });
export const incidentId = (openedAt: string, run: string) => `${openedAt}-${hash(run).slice(0, 8)}`;

/** Where it is once it is closed: all of them in the order in which they were opened. */
export const closedKey = ({ id }: Pick<IncidentItem, 'id'>): Key => ({ pk: 'incident', sk: id });

export const failureKey = (run: string): Key => ({ pk: `failure#${hash(run)}`, sk: 'failure' });

export const causeKey = (machine: string, dataset: string, error: string): Key => ({
  pk: ['cause', machine, dataset, error].map(part).join('#'),
  sk: 'latest',
});

/** One item for all versions of a file, one for the table, one for each run that is about neither. */
export function failedKey(incident: Key, { run }: FailedRun, held: HeldBy): Key {
  const names = { file: JSON.stringify([held.bucket, held.key]), table: 'table', run: run.arn };
  return { pk: 'open', sk: `${incident.sk}#${hash(names[held.kind])}` };
}

/** Bounds of what belongs to a dataset, or to one incident. Ids and hashes have no `~`. */
export const within = (prefix: string) => ({ from: `${prefix}#`, to: `${prefix}#~` });
export const ofDataset = (dataset: string) => within(part(dataset));

export const isIncident = (item: Stored): item is IncidentItem => item.sk.split('#').length === 2;
export const isFailed = (item: Stored): item is FailedItem => item.sk.split('#').length === 3;
