import type { Dataset } from '../../contract/dataset.ts';
import { type Clock, type LedgerStore, RevisionConflict, type Stored } from '../../ledger/store.ts';
import type { Notice } from '../../pipeline/quarantine.ts';
import { counted } from '../evidence.ts';
import { type Drift, findDrift } from './find.ts';
import type { RecordPorts } from './window.ts';

/** The period that the scheduled check looks at. */
export const DAYS = 7;
const MOST_TOLD = 40;

export interface DriftPorts {
  ledger: LedgerStore;
  clock: Clock;
  records: RecordPorts;
  /** Tells the dataset's owner. */
  notify(notice: Notice): Promise<void>;
}

/** What a dataset's owner has been told of its drift. */
export interface DriftItem extends Stored {
  sk: 'told';
  findings: string[];
  told_at: string;
}

/**
 * Looks for drift of a dataset and tells its owner, in one notice, if there is a finding that is not among those told
 * last; returns how many are new. What is over is forgotten, so that it is told if it comes again. Repeated it tells
 * nothing twice; only a crash right behind a notice repeats that.
 */
export async function tellDrift(ports: DriftPorts, dataset: Dataset): Promise<{ drift: Drift; told: number }> {
  const { ledger, clock } = ports;
  const pk = `drift#${dataset.name}`;
  const known = await ledger.get<DriftItem>(pk, 'told');
  const drift = await findDrift(ports.records, dataset, clock.now(), DAYS);
  // Of days without a file nothing can be said, also not that a drift is over.
  if (drift.recent.files === 0) return { drift, told: 0 };
  const before = new Set(known?.findings);
  const ids = drift.findings.flatMap((finding) => finding.ids);
  const news = ids.filter((id) => !before.has(id));
  if (news.length > 0) await ports.notify(driftNotice(dataset, drift, before));
  if (news.length > 0 || ids.length !== before.size) {
    const at = clock.now().toISOString();
    const told_at = news.length > 0 ? at : (known?.told_at ?? at);
    const item: DriftItem = { pk, sk: 'told', rev: known?.rev ?? 0, findings: ids, told_at };
    try {
      await ledger.write([item]);
    } catch (error) {
      // Another check at the same time has seen and told the same.
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
  return { drift, told: news.length };
}

/** One notice of all that is found, what is new first. */
export function driftNotice(dataset: Dataset, drift: Drift, told: ReadonlySet<string>): Notice {
  const { name, owner, version } = dataset;
  const { days, recent, findings } = drift;
  const of = (isNew: boolean) => findings.filter(({ ids }) => ids.some((id) => !told.has(id)) === isNew);
  const news = of(true);
  const lines = (which: typeof findings) => which.slice(0, MOST_TOLD).map(({ sentence }) => `  ${sentence}`);
  const more = findings.length > MOST_TOLD ? ['  and more: the command below tells all'] : [];
  const message = [
    `Files of ${name} drift from their contract (schemas/${name}.odcs.yaml, version ${version}). In the last ${days} days, ${sizeText(recent)}:`,
    ...lines(news),
    ...(news.length < findings.length ? ['Told before, and still so:', ...lines(of(false))] : []),
    ...more,
    'The same with a change of the contract for each, where there is one:',
    `  npx tributary drift ${name} --days ${days}`,
  ].join('\n');
  const subject = `${name}: files drift from their contract (${counted(news.length, 'new finding')})`;
  return { dataset: name, owner, subject: subject.slice(0, 100), message };
}

export function sizeText({ files, found, rows }: Drift['recent']): string {
  const some =
    files < found ? `the newest ${files.toLocaleString('en-US')} of ${counted(found, 'file')}` : counted(files, 'file');
  return `${some} with ${counted(rows, 'row')}`;
}

/** Looks at all datasets, one after the other; one that fails does not keep the others. Throws then, when all are done. */
export async function tellAllDrift(
  ports: DriftPorts,
  datasets: Dataset[],
): Promise<Record<string, { files: number; findings: number; told: number }>> {
  const found: Record<string, { files: number; findings: number; told: number }> = {};
  const errors: Error[] = [];
  for (const dataset of datasets) {
    try {
      const { drift, told } = await tellDrift(ports, dataset);
      found[dataset.name] = { files: drift.recent.files, findings: drift.findings.length, told };
    } catch (error) {
      errors.push(new Error(`${dataset.name}: ${(error as Error).message}`, { cause: error }));
    }
  }
  if (errors.length > 0) {
    throw new AggregateError(
      errors,
      `drift could not be looked for: ${errors.map(({ message }) => message).join('; ')}`,
    );
  }
  return found;
}
