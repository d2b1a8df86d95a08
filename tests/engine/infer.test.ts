import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readDatasets } from '../../aws/project-files.ts';
import { generateFiles, kindsOf } from '../../core/generate/files.ts';
import type { Format } from '../../core/generate/generator.ts';
import { generators } from '../../core/generate/registry.ts';
import { takeSample } from '../../engine/infer-sample.ts';
import { inferFrom } from './inferring.ts';
import { contract, failure, query, validate } from './validation.ts';

const at = new Date('2026-03-01T00:00:00Z');
const datasets = readDatasets();

/** A file of 300 sound rows, spread over a month, with a share of each kind of dirt and of doubled and outdated rows. */
function made(dataset: string, share = 0, format: Format = 'csv'): string {
  const generator = generators[dataset]!;
  const [file] = generateFiles(generator, datasets[dataset]!, {
    ...{ seed: 'infer', rows: 300, files: 1, at, format },
    ...{ dirty: Object.fromEntries(kindsOf(generator).map((kind) => [kind, share])) },
    ...{ late: 0.9, duplicates: share, outOfOrder: share, orphans: 0, parents: (name) => generators[name]!.rows },
  });
  return file!.text;
}

const types = (columns: { name: string; type: { kind: string } }[]) =>
  Object.fromEntries(columns.map(({ name, type }) => [name, type.kind]));

describe('a draft of orders', () => {
  it('finds types, key, version, partition, enumeration, patterns and references', async () => {
    const others = [await contract('customers'), await contract('products'), await contract('orders')];

    const { contract: draft, yaml } = await inferFrom(made('orders'), { dataset: 'orders', others });

    expect(types(draft.columns)).toEqual({
      ...{ order_id: 'string', customer_id: 'string', product_id: 'string', quantity: 'int', unit_price: 'decimal' },
      ...{ status: 'string', order_ts: 'timestamp', updated_at: 'timestamp' },
    });
    expect(draft).toMatchObject({ key: ['order_id'], versionColumns: ['updated_at'], history: 'latest' });
    expect(draft.partition).toEqual({ column: 'order_ts', transform: 'day' });
    expect(draft.columns[5]!.enum).toEqual(['cancelled', 'paid', 'placed', 'shipped']);
    expect(draft.columns[1]!.pattern).toBe('^C-[0-9]{6}$');
    expect(draft.references.map(({ column, dataset }) => [column, dataset])).toEqual([
      ['customer_id', 'customers'],
      ['product_id', 'products'],
    ]);
    expect(yaml).toContain('status: draft');
    expect(yaml.match(/# TODO/g)).toHaveLength(2);
  });

  it.each([
    ['CSV', (share: number) => made('orders', share)],
    ['JSON lines', (share: number) => made('orders', share, 'jsonl')],
    ['gzip', (share: number) => gzipSync(made('orders', share))],
    ['zstd', (share: number) => zstdCompressSync(made('orders', share, 'jsonl'))],
  ])('takes its own sample, but for damaged records: %s', async (_, make) => {
    for (const [share, damaged] of [
      [0, 0],
      [0.02, 6],
    ] as const) {
      const bytes = make(share);

      const { contract: draft } = await inferFrom([{ name: 'orders', bytes }]);
      const { counts, reasons } = await validate(bytes, draft, {});

      expect(counts.rejected).toBe(damaged);
      expect(Object.keys(reasons).filter((reason) => reason.includes('.'))).toEqual([]);
    }
  });

  it.each(['customers', 'products'])('of %s takes every row of its sample', async (dataset) => {
    const { contract: draft } = await inferFrom(made(dataset), { dataset });

    expect((await validate(made(dataset), draft)).counts).toMatchObject({ accepted: 300, rejected: 0 });
    expect(draft.key).toHaveLength(1);
  });
});

describe('the sample', () => {
  it('is cut behind whole rows, of each format', async () => {
    const lines = Array.from({ length: 500 }, (_, n) => ({ id: n, note: `line ${n}\nand more` }));
    const csv = `id,note\n${lines.map(({ id, note }) => `${id},"${note}"\n`).join('')}`;
    const files = [
      csv,
      lines.map((line) => JSON.stringify(line)).join('\n'),
      JSON.stringify(lines),
      JSON.stringify(lines, null, 2),
    ];

    const drafts = await Promise.all(files.map((bytes) => inferFrom(bytes, { rows: 100 })));

    expect(drafts.map(({ counts }) => counts.accepted)).toEqual([100, 100, 100, 100]);
    expect(drafts.map(({ draft }) => draft.files[0]!.isCut)).toEqual([true, true, true, true]);
    expect(drafts.map(({ draft }) => types(draft.columns))).toEqual(
      files.map(() => ({ id: 'bigint', note: 'string' })),
    );
  });

  it('is no more than 64 MB of a longer file', async () => {
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('id,name\n');
      for (;;) {
        sent += 2 ** 20;
        yield Buffer.from(`${sent},${'x'.repeat(1000)}\n`.repeat(1000));
      }
    }
    const folder = await mkdtemp(join(tmpdir(), 'tributary-endless-'));

    const sample = await takeSample({ name: 'endless', bytes: endless() }, 10, folder);

    expect(sent).toBeLessThan(80 * 2 ** 20);
    expect(sample.isCut).toBe(true);
    expect((await readFile(sample.path, 'utf8')).trimEnd().split('\n')).toHaveLength(11);
    await rm(folder, { recursive: true });
  });

  it('of several files has the columns of all; one that a file lacks is not required', async () => {
    const { contract: draft, draft: found } = await inferFrom([
      { name: 'a.csv', bytes: 'id,name\n1,Ada\n2,Bob\n' },
      { name: 'b.jsonl', bytes: '{"ID": 3, "name": "Cid", "Score": 1.5}\n' },
    ]);

    expect(draft.columns.map(({ name, required }) => [name, required])).toEqual([
      ['id', true],
      ['name', true],
      ['score', false],
    ]);
    expect(found.columns[2]!.notes).toContain('1 file of the sample lacks it');
  });

  it('leaves what is nested to meta_rescued', async () => {
    const { draft, counts } = await inferFrom('{"id": 1, "tags": ["a"], "at": {"x": 1}}\n{"id": 2, "tags": null}\n');

    expect(draft.columns.map(({ name }) => name)).toEqual(['id']);
    expect(draft.leftOut.map(({ name }) => name)).toEqual(['tags', 'at']);
    expect(counts).toMatchObject({ accepted: 2, rejected: 0 });
  });
});

describe('a Parquet sample', () => {
  it('gives the types that the file states', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-infer-parquet-'));
    const path = join(folder, 'p.parquet');
    await query(`COPY (SELECT range::BIGINT AS id, range::INTEGER AS small, 1.50::DECIMAL(9,3) AS fee, (range / 3)::DOUBLE AS ratio,
      (17850 + range)::DOUBLE AS customer_id, range % 2 = 0 AS ok, DATE '2026-01-01' + range::INTEGER AS day_of,
      TIMESTAMPTZ '2026-01-01 10:00:00+01' AS seen, 'C' || range AS code, [1] AS list FROM range(50))
      TO '${path}' (FORMAT parquet)`);
    const bytes = await readFile(path);

    const { contract: draft, yaml } = await inferFrom([{ name: 'p.parquet', bytes }]);

    expect(types(draft.columns)).toEqual({
      ...{ id: 'bigint', small: 'int', fee: 'decimal', ratio: 'double', customer_id: 'bigint', ok: 'boolean' },
      ...{ day_of: 'date', seen: 'timestamp', code: 'string' },
    });
    expect(draft.columns[2]!.type).toEqual({ kind: 'decimal', precision: 9, scale: 3 });
    await rm(folder, { recursive: true });
    expect(yaml).toContain('list is no column');
    expect((await validate(bytes, draft)).counts).toMatchObject({ in: 50, accepted: 50 });
  });
});

describe('a file that is no sample', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['is empty', '', /^f: the file is empty/],
    ['has a header alone', 'id,name\n', /^f: the file has a header but no rows/],
    ['is a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /^f: .*PNG/],
    ['is broken gzip', gzipSync('id,name\n'.repeat(99)).subarray(0, 30), /^f: the compressed file breaks off/],
    ['names a column twice', 'id,name,ID\n1,2,3\n', /^f: the column "ID" is in the header twice/],
    [
      'begins with a title',
      'Report of May\n\nid,name\n1,2\n',
      /^f: 2 of 2 records are damaged \(2 too_many_fields\).*such as a title/,
    ],
    [
      'has too many columns',
      `${Array.from({ length: 301 }, (_, n) => `c${n}`).join(',')}\n${'1,'.repeat(300)}1\n`,
      /^f: it has 301 columns; a contract has at most 300/,
    ],
    ['has no JSON records', '[1, 2]', /^f: none of its records has a key/],
  ])('is refused with its name and the reason: it %s', async (_, bytes, reason) => {
    const error = await failure(inferFrom([{ name: 'f', bytes }]));

    expect(error).toMatchObject({ name: 'FileRejectedError', message: expect.stringMatching(reason) });
  });
});
