import type { Dataset } from '../contract/dataset.ts';
import type { BatchItem, FileItem, Orphans, Time } from '../ledger/items.ts';
import type { Clock, LedgerStore } from '../ledger/store.ts';
import { stagingFolder } from '../pipeline/keys.ts';
import type { Notice } from '../pipeline/quarantine.ts';
import { sideBySide } from '../reconcile/side-by-side.ts';
import { describeAnomaly } from './band.ts';
import { judgeBatch } from './learn.ts';
import { doneRecord } from './make-record.ts';
import type { RecordStore } from './ports.ts';
import { type Anomaly, dayOf, type FileRecord } from './record.ts';

export interface RecordPorts {
  ledger: LedgerStore;
  clock: Clock;
  records: RecordStore;
}

/** A file whose record has been written, with what its ledger item and its batch's metrics say of it. */
export interface Recorded {
  file: FileItem;
  finished_at: Time;
  anomalies: Anomaly[];
  /** Null: they were not counted. */
  orphans: Orphans[] | null;
  /** From the start of its run. */
  run_seconds: number | null;
  /** Null for one that had been taken out of the lake in between. */
  drop_to_gold_seconds: number | null;
  /** Over all rules: rows times rules. */
  checks: number;
  broken: number;
}

/** Profiles can be large: this many are held at once. */
const atOnce = 12;

/**
 * Compares the files of a merged batch with those before them and writes the record of each. Repeated, it finds and
 * writes the same; a file that was done already keeps what was found of it then, and when. `orphansOf` is null when they were
 * not counted.
 */
export async function recordBatch(
  ports: RecordPorts,
  dataset: Dataset,
  batch: BatchItem,
  files: FileItem[],
  orphansOf: Map<string, Orphans[]> | null,
): Promise<Recorded[]> {
  const { ledger, clock, records } = ports;
  const anomalies = await judgeBatch(ledger, clock, dataset.name, batch.batch_seq, files);
  const now = clock.now().toISOString();
  const recorded: Recorded[] = [];
  await sideBySide([...files.entries()], atOnce, async ([index, file]) => {
    const then: Partial<FileItem> = file.status === 'done' ? file : {};
    const counted = orphansOf === null ? null : (orphansOf.get(file.file_id) ?? []);
    const found = {
      anomalies: then.anomalies ?? anomalies.get(file.file_id) ?? [],
      // Parents have come since.
      orphans: then.orphans === undefined ? counted : then.orphans,
    };
    const finished = then.finished_at ?? now;
    const profile = await records.profile(profileKey(file));
    const record = doneRecord(dataset, file, batch, profile, found, finished);
    await records.write(record);
    recorded[index] = { file, finished_at: finished, ...found, ...figures(record) };
  });
  for (const day of new Set(files.map(dayOf))) await records.showDay(dataset.name, day);
  return recorded;
}

const profileKey = ({ dataset, stage_id, validated }: FileItem): string =>
  validated?.profile_key ?? `${stagingFolder(dataset, stage_id!)}/_profile.json`;

function figures({ rules, run_seconds, drop_to_gold_seconds }: FileRecord) {
  const sum = (of: (rule: FileRecord['rules'][number]) => number) => rules.reduce((all, rule) => all + of(rule), 0);
  return {
    run_seconds,
    drop_to_gold_seconds,
    checks: sum((rule) => rule.rows_checked),
    broken: sum((rule) => rule.rows_broken),
  };
}

/** Tells the owner of a dataset what a file had unlike those before it. */
export function anomalyNotice(dataset: Dataset, file: FileItem, anomalies: Anomaly[]): Notice {
  const { name, owner } = dataset;
  const message = [
    `s3://${file.bucket}/${file.key} is unlike the files of ${name} before it:`,
    ...anomalies.map((anomaly) => `  ${describeAnomaly(anomaly)}`),
    `Its rows are in silver.${name} all the same. If they should not be, take them out again:`,
    `  npx tributary undo ${file.file_id}`,
    'What was measured of it:',
    `  npx tributary run ${file.file_id}`,
  ].join('\n');
  return { dataset: name, owner, subject: `${name}: an unusual file`.slice(0, 100), message };
}
