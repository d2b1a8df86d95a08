import fc from 'fast-check';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { COMMA_QUOTE, csvFields, type StagedDialect } from '../../../core/validation/csv.ts';
import type { DamagedRecord } from '../../../core/validation/reasons.ts';
import type { TextFormat } from '../../../core/validation/recognise.ts';
import { openSplitter, type SplitSummary } from '../../../core/validation/splitter.ts';
import { column, dataset } from '../../engine/dataset.ts';

/** A dataset of the texts `a`, `b` and `c` that rescues what it does not know. */
export const texts = (more: Partial<Dataset> = {}): Dataset =>
  dataset({ columns: ['a', 'b', 'c'].map((name) => column(name, { kind: 'string' })), key: ['a'], ...more });

export interface Outcome {
  summary?: SplitSummary;
  error?: string;
  /** Staged bytes, as Latin-1. */
  staged: string;
  damaged: DamagedRecord[];
  begins: number[];
  /** Where the rows begin in `staged`. */
  rows: number[];
}

export interface Cut {
  /** Sizes of the chunks, in turn. */
  sizes: number[];
  block: number;
}

export const WHOLE: Cut = { sizes: [4096], block: 4096 };

export const cut: fc.Arbitrary<Cut> = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
  block: fc.integer({ min: 1, max: 20 }),
});

interface What {
  format?: TextFormat;
  dataset?: Dataset;
  maxRecord?: number;
}

export function split(content: Uint8Array | string, what: What = {}, { sizes, block }: Cut = WHOLE): Outcome {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const { format = 'csv', dataset = texts(), maxRecord } = what;
  const outcome: Outcome = { staged: '', damaged: [], begins: [], rows: [] };
  const output = {
    sound: (part: Uint8Array) => {
      outcome.staged += Buffer.from(part).toString('latin1');
    },
    damaged: (record: DamagedRecord) => outcome.damaged.push(record),
    begins: (offset: number, row: number) => {
      outcome.begins.push(offset);
      outcome.rows.push(row);
    },
  };
  const splitter = openSplitter({ format, dataset, output, block, ...(maxRecord && { maxRecord }) });
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length]!;
      splitter.write(bytes.subarray(at, at + size));
      at += size;
    }
    outcome.summary = splitter.end();
  } catch (error) {
    return { error: (error as Error).message, staged: '', damaged: [], begins: [], rows: [] };
  }
  return outcome;
}

/** The staged records, each as record, line and fields. */
export function stagedRows({ staged, rows, summary }: Outcome): string[][] {
  const text = Buffer.from(staged, 'latin1');
  const ends = rows.filter((row) => row >= 0);
  const dialect: StagedDialect = summary?.dialect ?? COMMA_QUOTE;
  return ends.slice(0, -1).map((row, index) => {
    const line = text.subarray(row, ends[index + 1]).toString();
    if (!line.endsWith('\n')) throw new Error(`not a row: ${JSON.stringify(line)}`);
    return csvFields(line.slice(0, -1), dialect);
  });
}

/** Record, line and rule of each damaged record. */
export const damages = ({ damaged }: Outcome): [number, number, string][] =>
  damaged.map(({ record, line, rule }) => [record, line, rule]);
