import type { Dataset } from '../contract/dataset.ts';
import type { RowCounts } from '../ledger/items.ts';
import { expectedCounts } from './expected.ts';
import { fileText, type Line } from './file-text.ts';
import type { Format, Generator } from './generator.ts';
import { codeOf, type Random, randomFrom, shuffle } from './random.ts';
import { type Row, secondsAfter } from './row.ts';
import { type Versions, versionsOf } from './versions.ts';

/** Shares are of a file's sound rows, 0 to 1. */
export interface FilesOptions {
  /** The same options give the same files. */
  seed: string;
  /** Sound rows of a file, or of the first file of master data. */
  rows: number;
  files: number;
  /** The time of the last file; the others are of the days before. */
  at: Date;
  format: Format;
  /** Rows that must be rejected: of each kind of dirt, or of all kinds by turns. */
  dirty: number | Record<string, number>;
  /** Rows of what happened days before the file. */
  late: number;
  /** Rows that are in an earlier file, or in the same one, already. */
  duplicates: number;
  /** Older versions of rows that were sent before. If there are any, the files are out of order, too. */
  outOfOrder: number;
  /** Rows that refer to a parent which is not there. */
  orphans: number;
  /** How many rows the parents have. */
  parents(dataset: string): number;
}

export interface GeneratedFile {
  name: string;
  text: string;
  /** What its rows tell of happened before. */
  at: Date;
  /** How many rows of each kind were put in on purpose. */
  planted: Record<string, number>;
  /** What validation must count. */
  expected: RowCounts;
  /** More rows are bad than the contract takes: the file must be refused as a whole. */
  refused: boolean;
}

/** Dirt that every file can have: a line that is cut off in the middle. */
export const CUT_OFF = 'cut_off';
export const kindsOf = (generator: Generator): string[] => [...Object.keys(generator.dirt), CUT_OFF];

const DAY = 86_400;
/** Bad rows have numbers from here on, so that every sound row is there whatever else is. */
const BEYOND = 900_000;
/** The share of master data that changes from file to file. */
const CHANGES = 0.1;

/** What has been sent so far. */
interface Sent {
  /** The newest version of each row, by its number. */
  current: Row[];
  /** Every sound row of the files before. */
  before: Numbered[];
  bad: number;
}

interface FileOptions extends FilesOptions {
  /** The time of this file. */
  time: Date;
  isFirst: boolean;
}

interface Numbered {
  index: number;
  row: Row;
}

type Placed = [position: number, line: Line];

/** Files of a dataset, in the order in which they are to be dropped. */
export function generateFiles(generator: Generator, dataset: Dataset, options: FilesOptions): GeneratedFile[] {
  const { seed, format } = options;
  const sent: Sent = { current: [], before: [], bad: 0 };
  const files = Array.from({ length: options.files }, (_, index) => {
    const time = secondsAfter(options.at, (index + 1 - options.files) * DAY);
    return generateFile(generator, dataset, { ...options, time, isFirst: index === 0 }, sent);
  });
  if (options.outOfOrder > 0) shuffle(files, randomFrom(`${seed} ${dataset.name} order`));
  const digits = String(files.length).length;
  return files.map((file, index) => ({
    name: `${dataset.name}-${codeOf(seed)}-${String(index + 1).padStart(digits, '0')}.${format}`,
    ...file,
  }));
}

function generateFile(
  generator: Generator,
  dataset: Dataset,
  options: FileOptions,
  sent: Sent,
): Omit<GeneratedFile, 'name'> {
  const { time, isFirst } = options;
  const random = randomFrom(`${options.seed} ${dataset.name} ${time.getTime()}`);
  const versions = versionsOf(generator, dataset, options, random);
  const size = generator.kind === 'master' && !isFirst ? Math.ceil(options.rows * CHANGES) : options.rows;
  const share = (part: number) => Math.round(size * part);

  const { sound, late, orphans } = soundRows(generator, dataset, options, { versions, sent, random, size });
  const again = repeats(sound, sent, share(options.duplicates), random);
  const older = versions.older ? olderVersions(sound, sent, share(options.outOfOrder), random, versions.older) : [];
  const bad = badKinds(generator, options.dirty, sent.bad, size);
  const dirt = bad.map((kind): Placed => {
    const row = versions.stranger(random.pick(sound).row, BEYOND + sent.bad++);
    const line = kind === CUT_OFF ? { row, isCutOff: true } : { row: generator.dirt[kind]!.spoil(row, random) };
    return [random.next() * size, line];
  });

  const good = [...sound.map(({ row }, position): Placed => [position, { row }]), ...again, ...older];
  const placed = [...good, ...dirt].sort((a, b) => a[0] - b[0]);
  const planted = {
    ...Object.fromEntries(kindsOf(generator).map((kind) => [kind, bad.filter((item) => item === kind).length])),
    ...{ late, duplicates: again.length, out_of_order: older.length, orphans },
  };
  const expected = expectedCounts(
    dataset,
    good.map(([, { row }]) => row),
    bad.length,
  );
  for (const row of sound) sent.before.push(row);
  return {
    text: fileText(
      placed.map(([, line]) => line),
      generator.columns,
      options.format,
      dataset,
    ),
    at: time,
    planted: Object.fromEntries(Object.entries(planted).filter(([, count]) => count > 0)),
    expected,
    refused: (100 * bad.length) / expected.in > dataset.maxRejectPercent,
  };
}

/** The kind of each bad row of a file. Kinds take turns from file to file, so that small files have them all in the end. */
function badKinds(generator: Generator, dirty: FilesOptions['dirty'], before: number, size: number): string[] {
  const kinds = kindsOf(generator);
  if (typeof dirty === 'number') {
    return Array.from({ length: Math.round(size * dirty) }, (_, made) => kinds[(before + made) % kinds.length]!);
  }
  return kinds.flatMap((kind) => Array.from({ length: Math.round(size * (dirty[kind] ?? 0)) }, () => kind));
}

interface Making {
  versions: Versions;
  sent: Sent;
  random: Random;
  size: number;
}

/** The rows that a file is about, each of another key, in any order; how many are late, and how many orphans. */
function soundRows(
  { kind, ...generator }: Generator,
  dataset: Dataset,
  { time, isFirst, ...options }: FileOptions,
  { versions, sent, random, size }: Making,
) {
  const part = kind === 'master' ? 1 : (generator.changes ?? 0);
  const changes = isFirst ? 0 : Math.min(Math.round(size * part), sent.current.length);
  const fresh = size - changes;
  const late = Math.min(Math.round(size * options.late), kind === 'master' ? changes : fresh);
  const isFull = kind === 'facts' || isFirst;
  const orphans = dataset.references.length > 0 && isFull ? Math.min(Math.round(size * options.orphans), fresh) : 0;

  const sound: Numbered[] = [];
  const numbers = sent.current.map((_, index) => index);
  shuffle(numbers, random);
  for (const [place, index] of numbers.slice(0, changes).entries()) {
    const isLate = kind === 'master' && place < late;
    const row = versions.changed(sent.current[index]!, index, timeIn(time, isLate, random));
    sent.current[index] = row;
    sound.push({ index, row });
  }
  for (let made = 0; made < fresh; made++) {
    const index = sent.current.length;
    const isLate = kind === 'facts' && made < late;
    const row = versions.first(index, timeIn(time, isLate, random), made >= fresh - orphans);
    sent.current.push(row);
    sound.push({ index, row });
  }
  shuffle(sound, random);
  return { sound, late, orphans };
}

/** On the day before, at least two hours ago; what is late, 2 to 30 days before that. */
function timeIn(at: Date, isLate: boolean, random: Random): Date {
  const whole = secondsAfter(new Date(Math.floor(at.getTime() / 1000) * 1000), -random.whole(7_200, DAY));
  return isLate ? secondsAfter(whole, -random.whole(2, 30) * DAY) : whole;
}

/** Rows that are sent again: by turns of this file and of an earlier one. */
function repeats(sound: Numbered[], { before }: Sent, count: number, random: Random): Placed[] {
  return Array.from({ length: count }, (_, made) => {
    const { row } = random.pick(made % 2 === 1 && before.length > 0 ? before : sound);
    return [random.next() * sound.length, { row }];
  });
}

/** Older versions, behind the newer ones: by turns of rows of this file and of an earlier one. */
function olderVersions(
  sound: Numbered[],
  { before }: Sent,
  count: number,
  random: Random,
  older: NonNullable<Versions['older']>,
): Placed[] {
  return Array.from({ length: count }, (_, made) => {
    const position = random.whole(0, sound.length - 1);
    const { index, row } = made % 2 === 1 && before.length > 0 ? random.pick(before) : sound[position]!;
    return [position + random.next() * (sound.length - position), { row: older(row, index) }];
  });
}
