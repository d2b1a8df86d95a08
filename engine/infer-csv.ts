import { fitOfDelimiter, isHeader } from '../core/discovery/header.ts';
import { FileRejectedError } from '../core/errors.ts';
import { csvFields } from '../core/validation/csv.ts';
import { DELIMITERS } from '../core/validation/dialect.ts';
import { headerName } from '../core/validation/header.ts';
import type { DamagedRecord } from '../core/validation/reasons.ts';
import { findRecords, type Probed, plainDataset } from './infer-probe.ts';

/** What else stands between fields now and then; a contract has to state it. */
const RARE = ['^', '~', '#'];
/** Records by which delimiter, quotes and header are told. */
const FIRST = 200;

interface Reading {
  delimiter: string;
  quote: string | null;
  fit: number;
  broken: number;
  begins: number[];
  /** Of the first record, if it is broken. */
  fault?: string;
}

/** Tells how a CSV file is written and what its columns are called, and cuts it behind `rows` rows. */
export function probeCsv(text: Buffer, isCut: boolean, rows: number): Probed {
  const { delimiter, quote, fault } = bestReading(text, isCut);
  if (fault !== undefined) throw new FileRejectedError(`its first line is broken: ${fault}.`);
  const dialect = { delimiter, quote };
  const dataset = plainDataset(['one'], { delimiter, quote, header: false });
  const { begins, damaged } = findRecords(text, 'csv', dataset, { isCut, most: rows + 1 });
  const broken = new Set(damaged.filter(isBroken).map(({ record }) => record));
  const cellsOf = (record: number) =>
    csvFields(
      text
        .toString('utf8', begins[record], begins[record + 1])
        .replace(/^\ufeff/, '')
        .replace(/[\r\n]+$/, ''),
      dialect,
    );
  const count = begins.length - 1;
  if (count < 1) throw new FileRejectedError('no line ends within its first 64 MB.');
  const first = cellsOf(0);
  const rest = Array.from({ length: Math.min(FIRST, count - 1) }, (_, index) => index + 1)
    .filter((record) => !broken.has(record + 1))
    .map(cellsOf);
  const hasHeader = isHeader(
    first,
    rest.filter((cells) => cells.length === first.length),
  );
  if (hasHeader && count < 2) {
    throw new FileRejectedError(
      'the file has a header but no rows: of which types its columns are can not be told from it.',
    );
  }
  const headers = hasHeader
    ? first.map((cell, index) => headerName(cell) || `column_${index + 1}`)
    : first.map((_, index) => `column_${index + 1}`);
  const end = begins[hasHeader ? rows + 1 : rows];
  return {
    text: end === undefined ? (isCut ? text.subarray(0, begins.at(-1)) : text) : text.subarray(0, end),
    file: {
      ...(DELIMITERS.includes(delimiter) ? {} : { delimiter }),
      ...(quote === '"' ? {} : { quote }),
      ...(hasHeader ? {} : { header: false }),
    },
    delimiter,
    headers,
    leftOut: [],
    isCut: isCut || (end !== undefined && end < text.length),
  };
}

/** Read as one field, every record of several is said to have too many: that is how they are counted. */
const isBroken = ({ rule }: Pick<DamagedRecord, 'rule'>): boolean => rule !== 'too_many_fields';

/** The delimiter, and whether fields are quoted, by which the first records fall into as many fields as the first has. */
function bestReading(text: Buffer, isCut: boolean): Reading {
  const usual = DELIMITERS.map((delimiter) => readingOf(text, isCut, delimiter, '"'));
  const rare = usual.every(({ fit }) => fit === 0)
    ? RARE.map((delimiter) => readingOf(text, isCut, delimiter, '"'))
    : [];
  const best = bestOf([...usual, ...rare]);
  if (best.broken === 0) return best;
  const others = [null, "'"].map((quote) => readingOf(text, isCut, best.delimiter, quote));
  // Another quote must do away with what is broken, and not merely move it.
  return bestOf([best, ...others.filter(({ fit, broken }) => broken < best.broken && fit > best.fit)]);
}

const bestOf = (readings: Reading[]): Reading =>
  readings.reduce((best, reading) => (reading.fit > best.fit ? reading : best));

function readingOf(text: Buffer, isCut: boolean, delimiter: string, quote: string | null): Reading {
  const dataset = plainDataset(['one'], { delimiter, quote, header: false });
  const { begins, damaged } = findRecords(text, 'csv', dataset, { isCut, most: FIRST });
  const counts = Array.from({ length: Math.min(FIRST, begins.length - 1) }, () => 1);
  let broken = 0;
  let fault: string | undefined;
  for (const { record, rule, value, message } of damaged) {
    if (record > counts.length) continue;
    counts[record - 1] = isBroken({ rule }) ? -1 : Number(value);
    if (!isBroken({ rule })) continue;
    broken++;
    if (record === 1) fault = message;
  }
  return { delimiter, quote, fit: fitOfDelimiter(counts), broken, begins, fault };
}
