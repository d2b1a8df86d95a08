import { FileRejectedError } from '../errors.ts';
import type { ArrayLayout } from './json-layout.ts';
import type { JsonText } from './json-text.ts';
import { VAIN_BYTES } from './limits.ts';
import type { SplitSummary } from './splitter.ts';

/** How reading goes on after a broken element. */
export interface Way {
  /**
   * `on`: at the line end before a record. `skip`: nothing before `at` begins a record. `end`: the array is closed, at
   * `closedAt`. `refuse`: where the next record begins can not be told. `vain`: to tell it takes too long. `wait`: more
   * bytes are needed.
   */
  go: 'on' | 'skip' | 'end' | 'refuse' | 'vain' | 'wait';
  at: number;
  /** What is given up is a single line. */
  isLine: boolean;
}

/**
 * Finds the way on after a broken element of a JSON array: one whose brackets or quotes do not match, so that of what
 * follows it can not be told what is text and what is structure. (Any other element is known to end where its brackets
 * match, and costs only itself, whatever else is wrong with it.) The rule:
 *
 * - The element is given up with everything up to the next line that begins as the records do (`ArrayLayout`), and if
 *   there is none, up to a bracket that ends the file, is the first on its line, and is indented less than the records.
 * - The file is refused if neither comes.
 * - It is refused if a line that begins so might be one within a record: where records begin behind others on their
 *   line, or go over several lines without being indented, be it that such records are met before or after.
 * - It is refused if a record that begins in another way may be among what is given up.
 *
 * All this is so that no record is lost unnoticed: each is read, or is among what is reported as given up.
 */
export class Resync {
  private readonly text: JsonText;
  private readonly layout: ArrayLayout;
  private readonly maxRecord: number;
  /** Offset of the bracket that closes the array, if the input ends with what was skipped. */
  closedAt: number | undefined;
  /** Bytes that were looked at for the ends of elements, beyond where reading went on. */
  private vain = 0;

  constructor(text: JsonText, layout: ArrayLayout, maxRecord: number) {
    this.text = text;
    this.layout = layout;
    this.maxRecord = maxRecord;
  }

  /**
   * The way on after the broken element that begins at `start`, after white space from `at`, and was looked at up to
   * `seen`.
   */
  after(at: number, start: number, seen: number): Way {
    const { text, layout, maxRecord } = this;
    const { length, isAll } = text;
    const { beginning } = layout;
    layout.beginning ??= layout.beginningOf(at, start);
    const record = layout.nextRecord(start, length);
    // By then the line that follows a record of any allowed size is at hand.
    const enough = maxRecord + (layout.beginning?.indent.length ?? 0) + 4;
    if (record < 0 && !isAll && length - start <= enough) {
      layout.beginning = beginning;
      return WAIT;
    }
    const isNear = layout.beginning !== undefined && record >= 0 && record - start <= maxRecord;
    const isLine = isNear && !text.hasLineEnd(start, record);
    const isOpen = record < 0 && isAll && !layout.closesArray(text.lastSolid(start), start);
    if (isOpen || !layout.isTelling(record) || (record >= 0 && layout.hidesRecord(start, record))) {
      return { go: 'refuse', at: start, isLine };
    }
    this.vain += Math.max(0, seen - (record < 0 ? length : record));
    if (this.vain > VAIN_BYTES) return { go: 'vain', at: start, isLine };
    this.closedAt = undefined;
    return record < 0 ? { go: 'skip', at: start, isLine } : { go: 'on', at: record, isLine };
  }

  /** The way on from `at`, up to which everything after a broken element is given up. */
  skip(at: number): Way {
    const { text, layout } = this;
    const { length } = text;
    const isLine = false;
    const record = layout.nextRecord(at, length);
    if (layout.hidesRecord(at, record < 0 ? length : record) || !layout.isTelling(record)) {
      return { go: 'refuse', at, isLine };
    }
    if (record >= 0) return { go: 'on', at: record, isLine };
    const solid = text.lastSolid(at);
    if (solid >= 0) this.closedAt = layout.closesArray(solid, at) ? text.base + solid : undefined;
    if (text.isAll) return { go: this.closedAt === undefined ? 'refuse' : 'end', at: length, isLine };
    // The last line end is kept: what follows it may turn out to begin a record.
    const lineEnd = text.lastLineEnd(at);
    const mayBegin = lineEnd >= 0 && length - lineEnd <= this.maxRecord + 1;
    const to = mayBegin ? text.lineEndStart(lineEnd, at) : length;
    return to === at ? WAIT : { go: 'skip', at: to, isLine };
  }
}

const WAIT: Way = { go: 'wait', at: 0, isLine: false };

/** What is said where no way on is found after the last record, by what is wrong with it. */
export function lost(message: string, { records, lines }: SplitSummary): FileRejectedError {
  return new FileRejectedError(
    `record ${records}, which begins in line ${lines + 1}, is broken: ${message}. Where the next record begins can not be told, so that no row was taken. Correct the record, or write one object a line.`,
  );
}
