import type { Dataset } from '../../contract/dataset.ts';
import { nearBounds } from './bounds.ts';
import { absentColumns, nullShares, unknownFields } from './fields.ts';
import { changedFormats, refusedFiles } from './files.ts';
import type { Finding } from './finding.ts';
import { refusedValues, risingRejects } from './rules.ts';
import { type Period, type RecordPorts, readPeriods } from './window.ts';

export interface Drift {
  dataset: string;
  contract_version: string;
  days: number;
  /** Files of the last days, and of as many days before: those looked at, and those there are. */
  recent: { files: number; found: number; rows: number };
  before: { files: number; found: number; rows: number };
  findings: Finding[];
}

/** Where the files of the last days differ from their contract as it is now, or from the files of the days before. */
export async function findDrift(ports: RecordPorts, dataset: Dataset, now: Date, days: number): Promise<Drift> {
  const { recent, before } = await readPeriods(ports, dataset.name, now, days);
  return {
    dataset: dataset.name,
    contract_version: dataset.version,
    days,
    recent: sizeOf(recent),
    before: sizeOf(before),
    findings: [
      ...refusedFiles(dataset, recent.files),
      ...unknownFields(dataset, recent.files),
      ...absentColumns(dataset, recent.files, before.files),
      ...refusedValues(dataset, recent.files),
      ...risingRejects(dataset, recent.files, before.files),
      ...nullShares(dataset, recent.files, before.files),
      ...nearBounds(dataset, recent.files, before.files),
      ...changedFormats(recent.files, before.files),
    ],
  };
}

const sizeOf = ({ files, found }: Period) => ({
  files: files.length,
  found,
  rows: files.reduce((sum, { rows_in }) => sum + (rows_in ?? 0), 0),
});
