import type { Dataset, Encoding } from '../contract/dataset.ts';
import type { StagedDialect } from './csv.ts';
import { CsvSplitter } from './csv-splitter.ts';
import type { Binding } from './header.ts';
import { JsonArraySplitter } from './json-array.ts';
import { JsonLinesSplitter } from './json-lines.ts';
import type { DamagedRecord } from './reasons.ts';
import type { TextFormat } from './recognise.ts';

/** Where the splitter's findings go. Calls come in the order of the records. */
export interface SplitterOutput {
  /**
   * Sound records as strict CSV: record number, line, then the fields as they are in the file (CSV) or the columns of
   * the contract, rescued JSON and faults (JSON). The bytes are overwritten after the call.
   */
  sound(bytes: Uint8Array): void;
  damaged(record: DamagedRecord): void;
  /**
   * Where each record begins in the input, and where its row begins among the staged bytes (-1 if it is damaged);
   * after the last record, where both end.
   */
  begins(offset: number, staged: number): void;
}

export interface SplitterOptions {
  format: TextFormat;
  dataset: Dataset;
  output: SplitterOutput;
  /** What the input was before it became UTF-8, for messages. */
  encoding?: Encoding;
  /** Bytes of the longest record that is read. */
  maxRecord?: number;
  /** Bytes that are gathered before they are worked on; small in tests, so that records straddle blocks. */
  block?: number;
}

export interface SplitSummary {
  records: number;
  sound: number;
  damaged: number;
  /** Line ends met, wherever they were. */
  lines: number;
  /** Bytes of the longest staged record. */
  longest: number;
  /** A field holds a line end. */
  multiline: boolean;
  /** How the fields are staged: as they are in a CSV file, by comma and quote if they come from JSON. */
  dialect: StagedDialect;
  /** Names that the contract does not know, where they are rescued: the header's, or keys with a value; at most 300. */
  unknown: string[];
  /** Undefined for JSON, and for CSV before its header was met. */
  binding?: Binding;
}

/**
 * Finds the records of a text file, fed in chunks of any size, and sets damaged ones aside. It decides what a record is
 * and nothing else: values are judged later. The outcome does not depend on how the input is cut into chunks.
 */
export interface Splitter {
  /** Takes the next bytes of the file, as UTF-8. Throws FileRejectedError when it can not be read as the contract says. */
  write(chunk: Uint8Array): void;
  /** Takes the end of the file. Throws FileRejectedError when there was no record in it, or it breaks off. */
  end(): SplitSummary;
  /** Line up to which the input has come, for a message about where it broke off. */
  readonly lineReached: number;
}

export function openSplitter(options: SplitterOptions): Splitter {
  if (options.format === 'csv') return new CsvSplitter(options);
  return options.format === 'json' ? new JsonArraySplitter(options) : new JsonLinesSplitter(options);
}
