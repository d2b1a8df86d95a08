import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../../core/contract/dataset.ts';
import { decoderOf } from '../../core/validation/decode.ts';
import type { DamagedRecord } from '../../core/validation/reasons.ts';
import { recognise, type TextFormat } from '../../core/validation/recognise.ts';
import { openSplitter, type SplitSummary, type SplitterOutput } from '../../core/validation/splitter.ts';
import { splitFile } from '../../engine/split.ts';
import { strictRecords } from './strict-csv.ts';

export interface StagedRecord {
  record: number;
  line: number;
  fields: string[];
}

export interface Split {
  format: TextFormat;
  summary: SplitSummary;
  sound: StagedRecord[];
  damaged: DamagedRecord[];
}

async function* chunksOf(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Uint8Array.from(chunk);
}

/** Splits a file that comes in the given chunks, and reads back with a reader of our own what DuckDB would be given. */
export async function split(chunks: Iterable<Uint8Array>, of: Dataset, workDir: string): Promise<Split> {
  mkdirSync(workDir, { recursive: true });
  const file = await splitFile(chunksOf(chunks), of, workDir);
  if (file.format === 'parquet') throw new Error('a text file was expected');
  const damaged = readFileSync(file.damagedPath, 'utf8');
  return {
    format: file.format,
    summary: file.summary,
    sound: stagedRecords(readFileSync(file.stagedPath), file.summary),
    damaged: strictRecords(damaged, { delimiter: ',', quote: '"', lineEnd: 'lf' }).map(({ fields }) => {
      const [record, line, rule, value, message] = fields as [string, string, string, string, string];
      return { record: Number(record), line: Number(line), rule: rule as DamagedRecord['rule'], value, message };
    }),
  };
}

/** The same without files and compression: recognised, decoded and split in memory, `block` bytes at once. */
export function splitInMemory(chunks: Uint8Array[], of: Dataset, block: number): Split {
  const recognised = recognise(Buffer.concat(chunks), of.file.encoding);
  if (recognised.format === 'parquet') throw new Error('a text file was expected');
  const { format, encoding } = recognised;
  const staged: Buffer[] = [];
  const damaged: DamagedRecord[] = [];
  const output: SplitterOutput = {
    sound: (bytes) => staged.push(Buffer.from(bytes)),
    damaged: (record) => damaged.push(record),
    begins: () => undefined,
  };
  const decoder = decoderOf(encoding);
  const splitter = openSplitter({ format, dataset: of, output, encoding, block });
  for (const chunk of chunks) splitter.write(decoder.write(chunk));
  splitter.write(decoder.end());
  const summary = splitter.end();
  return { format, summary, sound: stagedRecords(Buffer.concat(staged), summary), damaged };
}

function stagedRecords(bytes: Buffer, { dialect }: SplitSummary): StagedRecord[] {
  return strictRecords(bytes.toString(), { ...dialect, lineEnd: 'lf', mustQuote: true }).map(({ fields, text }) => {
    if (!fields) throw new Error(`no strict reader takes what was staged: ${JSON.stringify(text)}`);
    const [record, line, ...rest] = fields;
    return { record: Number(record), line: Number(line), fields: rest };
  });
}

/** A folder to work in, for as long as a suite runs. */
export function workFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tributary-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
