import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset, FileFormat } from '../core/contract/dataset.ts';
import { parseContract } from '../core/contract/parse.ts';
import { type Draft, draftTable, type SampleFile } from '../core/discovery/draft.ts';
import { counted } from '../core/discovery/evidence.ts';
import { type Guess, withoutRule } from '../core/discovery/guess.ts';
import type { Key } from '../core/discovery/keys.ts';
import { renderContract } from '../core/discovery/render.ts';
import { FileRejectedError } from '../core/errors.ts';
import type { RowCounts } from '../core/ledger/items.ts';
import { openDuckDb } from './duckdb.ts';
import { sampleTable } from './infer-rows.ts';
import { type Sample, type SampleSource, takeSample } from './infer-sample.ts';
import { RowsRejectedError, validateFile } from './validate.ts';

export interface InferOptions {
  dataset: string;
  sources: SampleSource[];
  /** Rows of each file that are looked at. */
  rows: number;
  /** A folder for this alone. */
  workDir: string;
  memoryLimitMb: number;
  threads: number;
  /** The contracts that there are: keys of theirs may be referred to. */
  others: Dataset[];
}

export interface Inferred {
  draft: Draft;
  /** Text of the contract. */
  yaml: string;
  contract: Dataset;
  /** What becomes of the sample's own rows by the draft: only damaged ones are rejected. */
  counts: RowCounts;
  reasons: Record<string, number>;
}

/**
 * Drafts a contract from the first rows of some files, and checks these very rows by it. Throws FileRejectedError naming
 * the file that is no table, is empty or has nothing but a header.
 */
export async function inferContract(options: InferOptions): Promise<Inferred> {
  const { sources, rows, workDir } = options;
  const samples: Sample[] = [];
  for (const [index, source] of sources.entries()) {
    const folder = join(workDir, `file-${index}`);
    await mkdir(folder, { recursive: true });
    samples.push(await named(source.name, takeSample(source, rows, folder)));
  }
  const { file, notes } = oneFormat(samples);
  const draft = await draftOf(samples, file, notes, options);
  return await settle(draft, samples, options);
}

async function draftOf(samples: Sample[], file: FileFormat, notes: string[], options: InferOptions): Promise<Draft> {
  const { dataset, rows, workDir, others } = options;
  const db = await openDuckDb({ ...options, tempDirectory: join(workDir, 'spill') });
  try {
    const table = await sampleTable(db, samples, rows, workDir);
    const drafted = await draftTable(dataset, table, others);
    const leftOut = [
      ...new Map(
        [...samples.flatMap((sample) => sample.leftOut), ...table.leftOut].map((each) => [each.name, each]),
      ).values(),
    ];
    const files: SampleFile[] = samples.map((sample, index) => ({
      name: sample.name,
      format: formatOf(sample),
      ...table.files[index]!,
    }));
    return { dataset, files, file, leftOut, notes, ...drafted };
  } finally {
    db.close();
  }
}

async function named<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FileRejectedError) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

const NAMES = { csv: 'CSV', json: 'JSON array', jsonl: 'JSON lines', parquet: 'Parquet' };
const DELIMITERS: Record<string, string> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

function formatOf({ format, delimiter, encoding, compression }: Sample): string {
  const fields = delimiter === undefined ? '' : ` with ${DELIMITERS[delimiter] ?? JSON.stringify(delimiter)}`;
  return [NAMES[format] + fields, encoding, compression === 'none' ? undefined : compression]
    .filter(Boolean)
    .join(', ');
}

/** What a contract states of all its text files: it can do so once. */
function oneFormat(samples: Sample[]): { file: FileFormat; notes: string[] } {
  const texts = samples.filter(({ format }) => format !== 'parquet');
  const tables = texts.filter(({ format }) => format === 'csv');
  const notes: string[] = [];
  const same = <T>(of: Sample[], what: string, value: (file: FileFormat) => T): T | undefined => {
    const found = [...new Set(of.map(({ file }) => value(file)))];
    if (found.length > 1) notes.push(`the files differ in their ${what}; the contract states that of ${of[0]!.name}`);
    return found[0];
  };
  const file: FileFormat = {
    delimiter: same(tables, 'delimiter', ({ delimiter }) => delimiter),
    quote: same(tables, 'quotes', ({ quote }) => quote),
    header: same(tables, 'header line', ({ header }) => header),
    encoding: same(texts, 'encoding', ({ encoding }) => encoding),
  };
  return { file, notes };
}

/** Checks the sample by its draft, and takes back what rows of it break, until none does. */
async function settle(draft: Draft, samples: Sample[], options: InferOptions): Promise<Inferred> {
  const yaml = renderContract(draft);
  const contract = parseContract(yaml, `${draft.dataset}.odcs.yaml`);
  const { counts, reasons } = await check(contract, samples, options);
  const broken = Object.entries(reasons).flatMap(([reason, rows]) => {
    const [column, rule] = reason.split('.') as [string, string?];
    const guess = draft.columns.find(({ name }) => name === column);
    return guess && rule !== undefined && isOwnRule(rule, guess) ? [{ column, rule, rows }] : [];
  });
  const isMixed = counts.superseded > 0 && draft.key.columns.length > 0 && draft.key.versions.length === 0;
  if (broken.length === 0 && !isMixed) return { draft, yaml, contract, counts, reasons };
  const columns = draft.columns.map((guess) =>
    broken
      .filter(({ column }) => column === guess.name)
      .reduce((left, { rule, rows }) => withoutRule(left, rule, rows), guess),
  );
  const key = isMixed ? withoutKey(draft.key, counts.superseded) : draft.key;
  return settle(consistent({ ...draft, columns, key }), samples, options);
}

/** A rule that the draft itself made; others are of damaged records. */
const isOwnRule = (rule: string, guess: Guess): boolean =>
  (rule === 'type' && guess.type.kind !== 'string') ||
  (rule === 'required' && guess.required) ||
  ['pattern', 'format', 'enum'].includes(rule);

/** Without versions nothing says which of two rows with one key is right: of texts that differ, as 1 and 1.0, or of files. */
function withoutKey({ columns, considered }: Key, rows: number): Key {
  const said = `${columns.join(' with ')}: ${counted(rows, 'row')} of the sample would be lost, since another has the same key by its type`;
  return { columns: [], versions: [], considered: [...considered, said], todos: [] };
}

/** Keys and partitions are of required columns, versions of such that can be ordered. */
function consistent(draft: Draft): Draft {
  const of = (name: string) => draft.columns.find((guess) => guess.name === name)!;
  const { key, partition } = draft;
  const holds = key.columns.every((name) => of(name).required);
  return {
    ...draft,
    key: {
      ...key,
      columns: holds ? key.columns : [],
      todos: holds ? key.todos : [],
      versions: holds ? key.versions.filter((name) => of(name).type.kind !== 'string') : [],
    },
    partition:
      partition && of(partition.column).required && of(partition.column).type.kind !== 'string' ? partition : undefined,
  };
}

async function check(contract: Dataset, samples: Sample[], options: InferOptions) {
  const counts: RowCounts = { in: 0, accepted: 0, rejected: 0, duplicate: 0, superseded: 0 };
  const reasons: Record<string, number> = {};
  for (const [index, sample] of samples.entries()) {
    // The sample is in UTF-8, whatever the file is in.
    const dataset = { ...contract, file: { ...contract.file, ...sample.file, encoding: 'utf-8' as const } };
    const result = await validateFile({
      source: createReadStream(sample.path),
      fileName: sample.name,
      dataset: { ...dataset, maxRejectPercent: 100 },
      fileId: 'sample',
      lastModified: new Date(0),
      stageId: 'sample',
      workDir: join(options.workDir, `check-${index}`),
      memoryLimitMb: options.memoryLimitMb,
      threads: options.threads,
    }).catch((error: unknown) => {
      if (error instanceof RowsRejectedError) return error.result;
      throw error;
    });
    for (const [name, rows] of Object.entries(result.counts)) counts[name as 'in'] += rows;
    for (const [reason, rows] of Object.entries(result.reasons)) reasons[reason] = (reasons[reason] ?? 0) + rows;
  }
  return { counts, reasons };
}
