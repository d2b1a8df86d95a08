import type { Time } from '../../ledger/items.ts';
import { dayOf } from '../record.ts';

/** Pages of a dataset lie in one folder, so that links between them hold wherever it is copied to. */
export const reportFolder = (dataset: string): string => `reports/${dataset}`;

export const datasetPageKey = (dataset: string): string => `${reportFolder(dataset)}/index.html`;

export const dayPageKey = (dataset: string, day: string): string => `${reportFolder(dataset)}/${day}/index.html`;

export const filePageKey = (file: { dataset: string; file_id: string; last_modified: Time }): string =>
  `${reportFolder(file.dataset)}/${dayOf(file)}/${file.file_id}.html`;

/** What the pages of a day were made from: its files in short, and its totals. */
export const dayFilesKey = (dataset: string, day: string): string => `${reportFolder(dataset)}/${day}/files.json`;
export const dayTotalsKey = (dataset: string, day: string): string => `${reportFolder(dataset)}/${day}/totals.json`;
