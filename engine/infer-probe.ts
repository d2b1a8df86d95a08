import type { Dataset, FileFormat } from '../core/contract/dataset.ts';
import type { LeftOut } from '../core/discovery/draft.ts';
import type { DamagedRecord } from '../core/validation/reasons.ts';
import type { TextFormat } from '../core/validation/recognise.ts';
import { openSplitter } from '../core/validation/splitter.ts';

/** What is found at the beginning of a text file. */
export interface Probed {
  /** The whole records. */
  text: Uint8Array;
  file: FileFormat;
  delimiter?: string;
  headers: string[];
  /** A type for each header, if the file gives it one. */
  types?: (string | undefined)[];
  leftOut: LeftOut[];
  isCut: boolean;
}

const PIECE = 1024 * 1024;

/** A contract of texts, to read a file by before it has one. */
export function plainDataset(headers: string[], file: FileFormat): Dataset {
  return {
    name: 'sample',
    version: '0.0.0',
    description: '',
    owner: '',
    columns: headers.map((header, index) => ({
      // No header has such a name.
      name: `\u0001${index}`,
      aliases: [header],
      type: { kind: 'string' },
      required: false,
      pii: false,
    })),
    key: [],
    versionColumns: [],
    history: 'append',
    drift: 'rescue',
    references: [],
    file,
    rowRules: [],
    gates: [],
    maxRejectPercent: 100,
    alarmRejectPercent: 100,
  };
}

/**
 * Where the first records begin (as many as wanted and one more, or the end), and which of them are damaged. Throws
 * FileRejectedError as the splitter does; not for the end of a text that goes on.
 */
export function findRecords(
  text: Uint8Array,
  format: TextFormat,
  dataset: Dataset,
  { isCut, most }: { isCut: boolean; most: number },
): { begins: number[]; damaged: DamagedRecord[] } {
  const begins: number[] = [];
  const damaged: DamagedRecord[] = [];
  const output = {
    sound: () => undefined,
    damaged: (record: DamagedRecord) => void damaged.push(record),
    begins: (offset: number) => void begins.push(offset),
  };
  const splitter = openSplitter({ format, dataset, output, block: PIECE });
  let at = 0;
  for (; at < text.length && begins.length <= most; at += PIECE) splitter.write(text.subarray(at, at + PIECE));
  if (at >= text.length && !isCut && begins.length <= most) splitter.end();
  return { begins, damaged: damaged.filter(({ record }) => record < begins.length) };
}
