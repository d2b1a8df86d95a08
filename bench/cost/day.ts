import { beyond, type Counts, nothing, plus, times } from './counts.ts';
import { type Bill, bill, daysAMonth, prices, type Standing, standing, total } from './prices.ts';

/** What `npm run bench:cost -- --measure` has counted on the local cloud. */
export interface Measured {
  at: string;
  /** Rows of the small files, and of the large one. */
  rows: { small: number; large: number };
  /** A small file that comes alone, with the silver table small and large (in bytes). */
  alone: Counts;
  aloneLater: Counts;
  tableBytes: { before: number; after: number };
  /** The large file, alone. */
  large: Counts;
  /** A small file of many that come at once, and how many of them a MERGE had. */
  together: Counts;
  filesAMerge: number;
  /** One run each of what is scheduled. */
  reconcile: Counts;
  sweep: Counts;
  drift: Counts;
  maintain: Counts;
  standing: Standing;
  /** Bytes in both buckets beside a byte of the large file, landing included. */
  storedBytesAByte: number;
  bytesARow: number;
}

export interface Volume {
  /** A day, of one dataset. */
  files: number;
  /** In each. */
  rows: number;
  /** Size of the silver table. */
  tableGb: number;
  /** Whether they come at once, so that one MERGE takes many. */
  together: boolean;
}

/** How often what is scheduled runs: tests/bench/cost/day.test.ts holds it against what is deployed. */
export const timesADay = { reconcile: 24, sweep: 96, drift: 1, maintain: 1 } as const;

/** What a day of this volume costs, with everything that is scheduled but the synthetic orders. */
export function day(measured: Measured, { files, rows, tableGb, together }: Volume): Bill {
  const { alone, large } = measured;
  const aRow = times(beyond(large, alone), 1 / (measured.rows.large - measured.rows.small));
  const aFile = plus(together ? unhurried(measured) : alone, times(aRow, Math.max(0, rows - measured.rows.small)));
  const merges = files / (together ? measured.filesAMerge : 1);
  const byTable = { ...nothing, scannedBytes: merges * scansOfTable(measured) * tableGb * 2 ** 30 };
  const scheduled = plus(
    times(measured.reconcile, timesADay.reconcile),
    times(measured.sweep, timesADay.sweep),
    times(measured.drift, timesADay.drift),
    times(measured.maintain, timesADay.maintain),
  );
  const stored = files * rows * measured.bytesARow * measured.storedBytesAByte;
  return {
    ...bill(plus(times(aFile, files), byTable, scheduled)),
    ...standing(measured.standing),
    // What the day brings, for the month that follows; it is kept for longer than that.
    Storage: stored * prices.storedByte,
  };
}

/** How many times one MERGE and the marts behind it read the silver table. */
export const scansOfTable = ({ aloneLater, alone, tableBytes }: Measured): number =>
  beyond(aloneLater, alone).scannedBytes / (tableBytes.after - tableBytes.before);

/**
 * Functions that run at once share the processors of one machine here and have their own on AWS, where a file of many
 * takes them no longer than one that comes alone.
 */
const unhurried = ({ together, alone }: Measured): Counts => ({
  ...together,
  gbSeconds: Math.min(together.gbSeconds, alone.gbSeconds),
});

/** What a small file needs; as Markdown. */
export function needs(measured: Measured): string {
  const columns = [measured.alone, unhurried(measured)];
  const line = (name: string, show: (counts: Counts) => string) => `| ${name} | ${columns.map(show).join(' | ')} |`;
  const count = (value: number) => (value < 100 ? value.toFixed(1) : value.toFixed(0));
  return [
    `| a file of ${measured.rows.small} rows | alone | of ${measured.filesAMerge} in a MERGE |`,
    '| --- | ---: | ---: |',
    line('state transitions', ({ transitions }) => count(transitions)),
    line('function invocations', ({ invocations }) => count(invocations)),
    line('GB-seconds of functions', ({ gbSeconds }) => count(gbSeconds)),
    line('Athena queries that are billed', ({ queries }) => count(queries)),
    line('DynamoDB write units', ({ writeUnits }) => count(writeUnits)),
    line('DynamoDB read units', ({ readUnits }) => count(readUnits)),
    line('S3 PUT and LIST', ({ s3Writes }) => count(s3Writes)),
    line('S3 GET and HEAD', ({ s3Reads }) => count(s3Reads)),
    line('Glue requests', ({ glueRequests }) => count(glueRequests)),
    line('KB of logs', ({ logBytes }) => count(logBytes / 1024)),
    line('dollars', (counts) => total(bill(counts)).toFixed(5)),
  ].join('\n');
}

/** One column a volume, one line a service, the dearest first; as Markdown. */
export function table(measured: Measured, volumes: Volume[]): string {
  const bills = volumes.map((volume) => day(measured, volume));
  const services = Object.keys(bills[0]!).sort((a, b) => sum(bills, b) - sum(bills, a));
  const heads = volumes.map(title);
  return [
    `| $ a day | ${heads.join(' | ')} |`,
    `| --- | ${heads.map(() => '---:').join(' | ')} |`,
    ...services.map((service) => `| ${service} | ${bills.map((each) => dollars(each[service]!)).join(' | ')} |`),
    `| **a day** | ${bills.map((each) => `**${dollars(total(each))}**`).join(' | ')} |`,
    `| **a month** | ${bills.map((each) => `**${dollars(daysAMonth * total(each))}**`).join(' | ')} |`,
  ].join('\n');
}

const sum = (bills: Bill[], service: string) => bills.reduce((all, each) => all + each[service]!, 0);
const dollars = (amount: number) => amount.toFixed(2);

function title({ files, rows, tableGb, together }: Volume): string {
  const number = (value: number) => value.toLocaleString('en-US');
  const how = together ? 'at once' : 'one by one';
  return `${number(files)} × ${number(rows)} rows, ${how}, ${number(tableGb)} GB table`;
}
