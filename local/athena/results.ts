import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { csvLine } from './format.ts';

export type Row = (string | null)[];

/** Puts a file to `s3://bucket/key`. */
export type PutObject = (location: string, file: string, bytes: number) => Promise<void>;

/** Takes the rows of a running query: as JSON lines for GetQueryResults, and as the file that Athena leaves in S3. */
export class ResultWriter {
  private readonly file: string;
  private readonly lines: WriteStream;
  private readonly output: WriteStream;
  private readonly format: (cells: Row) => string;
  rows = 0;

  constructor(file: string, kind: 'csv' | 'txt') {
    this.file = file;
    this.lines = createWriteStream(file);
    this.output = createWriteStream(`${file}.${kind}`);
    this.format = kind === 'csv' ? csvLine : textLine;
  }

  async header(names: string[]): Promise<void> {
    await write(this.output, this.format(names));
  }

  async write(rows: Row[]): Promise<void> {
    if (rows.length === 0) return;
    this.rows += rows.length;
    await write(this.lines, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await write(this.output, rows.map(this.format).join(''));
  }

  /** Ends both files and puts the second where Athena would; throws what `put` throws. */
  async publish(location: string, put: PutObject): Promise<void> {
    const path = String(this.output.path);
    try {
      await Promise.all([close(this.lines), close(this.output)]);
      await put(location, path, (await stat(path)).size);
    } finally {
      await rm(path, { force: true });
    }
  }

  async discard(): Promise<void> {
    await Promise.all([close(this.lines), close(this.output)]);
    await Promise.all([rm(this.file, { force: true }), rm(String(this.output.path), { force: true })]);
  }
}

function textLine(cells: Row): string {
  return `${cells.map((cell) => cell ?? '').join('\t')}\n`;
}

async function write(stream: WriteStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

function close(stream: WriteStream): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.end(resolve);
  });
}

/** Up to `count` rows of a result file from byte `offset` on, and where the next one begins (undefined at the end). */
export async function readRows(file: string, offset: number, count: number): Promise<{ rows: Row[]; next?: number }> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const rows: Row[] = [];
    let at = offset;
    if (at >= size || count === 0) return { rows, next: at < size ? at : undefined };
    let pending = Buffer.alloc(0);
    for await (const chunk of createReadStream(file, { start: offset })) {
      pending = Buffer.concat([pending, chunk as Buffer]);
      let start = 0;
      for (let end = pending.indexOf(10); end >= 0; end = pending.indexOf(10, start)) {
        rows.push(JSON.parse(pending.toString('utf8', start, end)) as Row);
        at += end + 1 - start;
        start = end + 1;
        if (rows.length === count) return { rows, next: at < size ? at : undefined };
      }
      pending = pending.subarray(start);
    }
    return { rows };
  } finally {
    await handle.close();
  }
}
