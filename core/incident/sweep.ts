import { fileState } from '../ledger/files.ts';
import type { FailedItem, FailureItem, FileItem, IncidentItem } from '../ledger/items.ts';
import { type Stored, withRetries } from '../ledger/store.ts';
import { isCaughtUp, isOver } from './held-by.ts';
import { failureKey, isFailed, isIncident, within } from './keys.ts';
import { pageClaimed, pageStale } from './page.ts';
import { newClaim } from './ports.ts';
import { noteFailure, type ReportPorts } from './report.ts';
import { closeIfOver, nameOf, release, settles } from './resolve.ts';

export interface EndedBadly {
  arn: string;
  stoppedAt: Date;
}

export interface SweepPorts extends ReportPorts {
  /** Runs of all machines that failed, timed out or were stopped after this time. */
  endedBadly(since: Date): AsyncIterable<EndedBadly>;
  /** Whether a run that failed has succeeded since: redriven, or another with the same input. */
  hasSucceededSince(arn: string): Promise<boolean>;
}

export interface Swept {
  /** Failed runs that nobody had reported. */
  reported: number;
  paged: number;
}

const LOOK_BACK_SECONDS = 86_400;
/** An incident in which nothing happened for so long is not waited for any more. */
const EXPIRY_SECONDS = 7 * 86_400;
/** Runs looked up at once. */
const PAGE = 100;

/**
 * Stands behind the events: reports failed runs of the last day that no event told of, pages and resolves what an
 * invocation that died has left, and gives up incidents whose files have not come in a week, without a message. May be
 * repeated, and run beside itself. Each part is tried even if another fails. An event that has not come in
 * `lateMilliseconds` is taken for lost.
 *
 * @throws AggregateError of what could not be done
 */
export async function sweepIncidents(ports: SweepPorts, lateMilliseconds: number): Promise<Swept> {
  const claim = newClaim(ports, 'sweep');
  const errors: unknown[] = [];
  const attempt: Attempt = async (work, otherwise) => {
    try {
      return await work();
    } catch (error) {
      errors.push(error);
      return otherwise;
    }
  };
  const { reported, claimed } = await reportMissed(ports, claim, attempt, errors, lateMilliseconds);
  const open = await attempt(() => ports.store.query<Stored>('open', {}), []);
  const failed = open.filter(isFailed);
  const over = await attempt(() => madeUpFor(ports, failed), []);
  const left = failed.filter((item) => !over.includes(item));
  over.push(...(await attempt(() => replaced(ports, left), [])));
  await attempt(() => release(ports, over, () => true), undefined);

  let paged = 0;
  for (const incident of open.filter(isIncident)) {
    const { from, to } = within(incident.sk);
    const left = failed.filter((item) => item.sk >= from && item.sk <= to && !over.includes(item));
    const page = () => (claimed.has(incident.sk) ? pageClaimed : pageStale)(ports, incident, claim);
    if (left.length === 0) await attempt(() => closeIfOver(ports, incident, claim), undefined);
    else if (await attempt(page, false)) paged += 1;
    else if (isExpired(incident, ports.clock.now()))
      await attempt(() => expire(ports, incident, left, claim), undefined);
  }
  if (errors.length > 0) throw new AggregateError(errors, `incidents were not swept in full: ${errors.join('; ')}`);
  return { reported, paged };
}

type Attempt = <T>(work: () => Promise<T>, otherwise: T) => Promise<T>;

/** Counts the runs whose report is missing, and says which incidents are to be paged for that. */
async function reportMissed(ports: SweepPorts, claim: string, attempt: Attempt, errors: unknown[], late: number) {
  const now = ports.clock.now().getTime();
  const claimed = new Set<string>();
  let reported = 0;
  const report = async (runs: EndedBadly[]) => {
    for (const { arn } of await unreported(ports, runs)) {
      const noted = await attempt(() => noteFailure(arn, ports, claim), undefined);
      if (noted?.page) claimed.add(noted.page.sk);
      errors.push(...(noted?.errors ?? []));
      reported += 1;
    }
  };
  await attempt(async () => {
    let runs: EndedBadly[] = [];
    for await (const run of ports.endedBadly(new Date(now - LOOK_BACK_SECONDS * 1000))) {
      if (run.stoppedAt.getTime() > now - late) continue;
      if (runs.push(run) < PAGE) continue;
      await report(runs);
      runs = [];
    }
    await report(runs);
  }, undefined);
  return { reported, claimed };
}

async function unreported({ store }: SweepPorts, runs: EndedBadly[]): Promise<EndedBadly[]> {
  const known = await store.getMany<FailureItem>(runs.map(({ arn }) => failureKey(arn)));
  const reported = new Map(known.map((failure) => [failure.run, Date.parse(failure.stopped_at)]));
  // Listed and described, the time may be rounded differently; nobody redrives a run to its end within a second.
  return runs.filter(({ arn, stoppedAt }) => !(Math.abs((reported.get(arn) ?? 0) - stoppedAt.getTime()) < 1_000));
}

/** What is done although nobody has released what it held open. */
async function madeUpFor(ports: SweepPorts, failed: FailedItem[]): Promise<FailedItem[]> {
  const over = await filesOver(ports, failed);
  const caughtUp = new Map<string, boolean>();
  for (const dataset of new Set(failed.filter(({ kind }) => kind === 'table').map(datasetOf))) {
    caughtUp.set(dataset, await isCaughtUp(ports.store, dataset));
  }
  const found: FailedItem[] = [];
  for (const item of failed) {
    const isMadeUpFor = {
      file: () => item.file_id !== undefined && over.has(item.file_id),
      table: () => caughtUp.get(datasetOf(item)),
      run: () => ports.hasSucceededSince(item.run),
    }[item.kind];
    if (await isMadeUpFor()) found.push(item);
  }
  return found;
}

async function filesOver({ store }: SweepPorts, failed: FailedItem[]): Promise<Set<string>> {
  const ids = new Set(failed.flatMap(({ file_id }) => file_id ?? []));
  const files = await store.getMany<FileItem>([...ids].map((id) => ({ pk: `file#${id}`, sk: 'file' })));
  const over = new Set<string>();
  for (const file of files) {
    if (isOver((await fileState(store, file)).state)) over.add(file.file_id);
  }
  return over;
}

/**
 * What a newer version of the same key makes up for that came in the last day: it may have been done before anybody knew
 * of the failure, or whoever finished it could not release what it makes up for.
 */
async function replaced({ store, clock }: SweepPorts, failed: FailedItem[]): Promise<FailedItem[]> {
  const files = failed.filter(({ kind }) => kind === 'file');
  const dayAgo = new Date(clock.now().getTime() - LOOK_BACK_SECONDS * 1000).toISOString();
  const found = new Set<FailedItem>();
  for (const [dataset, items] of Map.groupBy(files, datasetOf)) {
    const byName = Map.groupBy(items, nameOf);
    const earliest = items.map(({ modified, failed_at }) => modified || failed_at).sort()[0]!;
    const from = earliest < dayAgo ? dayAgo : earliest;
    let after: string | undefined;
    do {
      const page = await store.list<FileItem>(dataset, { from, limit: PAGE, after });
      for (const file of page.items.filter(({ status }) => isOver(status))) {
        for (const item of byName.get(nameOf(file)) ?? []) if (settles(file, item)) found.add(item);
      }
      after = page.next;
    } while (after !== undefined);
  }
  return [...found];
}

const datasetOf = (item: Stored) => item.sk.slice(0, item.sk.indexOf('#'));

const isExpired = ({ counted_at }: IncidentItem, now: Date) =>
  Date.parse(counted_at) < now.getTime() - EXPIRY_SECONDS * 1000;

/** Marked first, so that nobody who finds nothing that holds it open takes it for resolved. */
async function expire(ports: SweepPorts, { pk, sk }: IncidentItem, left: FailedItem[], claim: string): Promise<void> {
  await withRetries(ports.clock, async () => {
    const incident = await ports.store.get<IncidentItem>(pk, sk);
    if (incident !== undefined) await ports.store.write([{ ...incident, outcome: 'expired' } as IncidentItem]);
  });
  await release(ports, left, () => true);
  await closeIfOver(ports, { pk, sk }, claim);
}
