import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../../core/contract/dataset.ts';
import { type Inferred, inferContract } from '../../engine/infer.ts';

export interface Content {
  name: string;
  bytes: string | Uint8Array;
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** Drafts a contract of files given as text or bytes. */
export async function inferFrom(
  files: string | Uint8Array | Content[],
  { dataset = 'things', rows = 100_000, others = [] as Dataset[] } = {},
): Promise<Inferred> {
  const contents = Array.isArray(files) ? files : [{ name: 'things.csv', bytes: files }];
  const workDir = await mkdtemp(join(tmpdir(), 'tributary-infer-'));
  try {
    return await inferContract({
      dataset,
      sources: contents.map(({ name, bytes }) => ({ name, bytes: inPieces(Buffer.from(bytes as string)) })),
      rows,
      workDir,
      memoryLimitMb: 300,
      threads: 1,
      others,
    });
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** A CSV of one column `x` beside a number for each row, so that no row is like another. */
export const oneColumn = (values: string[], header = 'x'): string =>
  `n;${header}\n${values.map((value, index) => `${index};${/[";\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value}\n`).join('')}`;

/** What is guessed of a column of these values. */
export async function guessOf(values: string[], header = 'x') {
  const { draft } = await inferFrom(oneColumn(values, header));
  return draft.columns[1]!;
}
