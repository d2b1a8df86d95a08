import type { Anomaly, Measure } from './record.ts';

/** What is kept of a file of the band. */
export interface Learned {
  file_id: string;
  /** Bytes of the object. */
  size: number;
  /** Rows in. */
  rows: number;
  rejected_percent: number;
}

/** Why these figures: docs/decisions/quality.md. */
export const BAND = {
  /** Files that are remembered: long enough for a median that a few bad files do not move, short enough to follow growth. */
  files: 50,
  /** Fewer say too little of what is usual. */
  atLeast: 8,
  /** Half the width of the band, in standard deviations as the median deviation estimates them. */
  deviations: 5,
  /** Of size and rows: half as much and twice as much is never called unusual, however alike the files are. */
  factor: 2,
  /** Of the share of rejected rows: nothing is called unusual that is not this much above the median. */
  percentagePoints: 1,
} as const;

/** Of normally distributed values the median deviation is this much smaller than the standard deviation. */
const perMedianDeviation = 1.4826;

/**
 * Compares a file with those before it: size and rows by their logarithm, since files differ by factors; of rejected
 * rows only more than usual counts. The file itself does not take part, also when it is among them.
 */
export function anomaliesOf(before: Learned[], file: Learned): Anomaly[] {
  const others = before.filter(({ file_id }) => file_id !== file.file_id);
  if (others.length < BAND.atLeast) return [];
  const found = (measure: Measure, band: Pick<Anomaly, 'low' | 'high' | 'median'>): Anomaly[] => {
    const value = file[measure];
    const within = value <= band.high && (band.low === null || value >= band.low);
    return within ? [] : [{ measure, value, ...band, files: others.length }];
  };
  return [
    ...found('size', factorBand(others.map(({ size }) => size))),
    ...found('rows', factorBand(others.map(({ rows }) => rows))),
    ...found('rejected_percent', shareBand(others.map(({ rejected_percent }) => rejected_percent))),
  ];
}

/** What is remembered once the file is among them; the oldest goes. A file that comes again is the newest. */
export const learn = (before: Learned[], file: Learned): Learned[] =>
  [...before.filter(({ file_id }) => file_id !== file.file_id), file].slice(-BAND.files);

/** Ends are whole numbers, outwards, so that what is shown is what was compared. */
function factorBand(values: number[]) {
  const logs = values.map(Math.log1p);
  const middle = median(logs);
  const width = Math.max(BAND.deviations * deviation(logs, middle), Math.log(BAND.factor));
  return {
    low: Math.max(0, Math.floor(Math.expm1(middle - width))),
    high: Math.ceil(Math.expm1(middle + width)),
    median: Math.round(Math.expm1(middle)),
  };
}

function shareBand(values: number[]) {
  const middle = median(values);
  const width = Math.max(BAND.deviations * deviation(values, middle), BAND.percentagePoints);
  return { low: null, high: Math.min(100, middle + width), median: middle };
}

const deviation = (values: number[], middle: number): number =>
  perMedianDeviation * median(values.map((value) => Math.abs(value - middle)));

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

const UNITS: Record<Measure, string> = { size: ' bytes', rows: ' rows', rejected_percent: ' % of the rows rejected' };

/** The anomaly as words. */
export function describeAnomaly({ measure, value, low, high, median: middle, files }: Anomaly): string {
  const shown = (figure: number) => figure.toLocaleString('en-US', { maximumFractionDigits: 2 });
  const usual = low === null ? `at most ${shown(high)}` : `${shown(low)} to ${shown(high)}`;
  return `${shown(value)}${UNITS[measure]}; from the ${files} files before it one expects ${usual}, their median is ${shown(middle)}`;
}
