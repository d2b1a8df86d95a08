import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { athenaPort } from '../../aws/athena.ts';
import { catalog } from '../../aws/catalog.ts';
import { readSqlFiles } from '../../aws/project-files.ts';
import { uploadFile } from '../../aws/s3.ts';
import { parseContract } from '../../core/contract/parse.ts';
import { createSilverTable, mergeStatement } from '../../core/merge/statements.ts';
import { stagingColumns } from '../../core/merge/tables.ts';
import { validateFile } from '../../engine/validate.ts';
import { silentProgress } from '../../local/progress.ts';
import { provisionTestPython } from '../../local/provision.ts';
import { contract, csv, expected, type Name, names, normal } from '../engine/truth/every-type.ts';
import { fileOf, stack, until } from './cloud.ts';
import { oracle } from './oracle.ts';

const pyarrowReader = `
import datetime, json, sys
import pyarrow.parquet as parquet
EPOCH = datetime.datetime(1970, 1, 1)
table = parquet.ParquetFile(sys.argv[1]).read()
def text(name, value):
    if value is None: return None
    if name == 'moment':
        at = EPOCH + datetime.timedelta(microseconds=value)
        return '%04d-%02d-%02d %02d:%02d:%02d.%06d' % (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)
    if isinstance(value, bool): return str(value).lower()
    if isinstance(value, datetime.date): return value.isoformat()
    if isinstance(value, float): return repr(value)
    return format(value, 'f') if hasattr(value, 'as_tuple') else str(value)
names = json.loads(sys.argv[2])
print(json.dumps({
  'types': {name: str(table.schema.field(name).type) for name in names},
  'rows': [{name: text(name, row[name]) for name in names} for row in table.to_pylist()],
}))
`;

describe('the Parquet of accepted rows, with the extremes of every type', () => {
  let folder: string;
  let parquet: string;
  const dataset = parseContract(contract, 'every_type.odcs.yaml');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-parquet-'));
    const result = await validateFile({
      source: createReadStream(fileOf('every-type.csv', csv)),
      fileName: 'every-type.csv',
      dataset,
      fileId: 'f1',
      lastModified: '2025-01-01T00:00:00Z',
      stageId: 'f1-1',
      workDir: folder,
      memoryLimitMb: 300,
      threads: 1,
    });
    expect(result.counts).toMatchObject({ in: expected.length, accepted: expected.length, rejected: 0 });
    expect(result.acceptedPaths).toHaveLength(1);
    parquet = result.acceptedPaths[0]!;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is read back equal by PyArrow, with types of its own that lose nothing', async () => {
    const python = await provisionTestPython(silentProgress);

    const output = execFileSync(python, ['-c', pyarrowReader, parquet, JSON.stringify(names)], {
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
    });

    const found = JSON.parse(output) as { types: Record<Name, string>; rows: Record<string, string | null>[] };
    expect(found.rows.map(normal)).toEqual(expected);
    expect(found.types).toEqual({
      id: 'int32',
      words: 'string',
      small: 'int32',
      large: 'int64',
      cents: 'decimal128(12, 2)',
      digit: 'decimal128(1, 1)',
      narrow: 'decimal128(9, 4)',
      medium: 'decimal128(18, 18)',
      wide: 'decimal128(38, 0)',
      fine: 'decimal128(38, 18)',
      ratio: 'double',
      flag: 'bool',
      day: 'date32[day]',
      moment: 'int64',
    });
  });

  it('is read back equal by Athena, staged and merged into Iceberg', async () => {
    const { databases, lakeBucket, workgroup } = await stack();
    const athena = athenaPort(workgroup);
    const run = async (sql: string): Promise<(string | null)[][]> => {
      const id = await athena.start(sql, randomUUID());
      const status = await until(sql.slice(0, 60), 120, async () => {
        const now = await athena.get(id);
        return now.state === 'running' ? undefined : now;
      });
      if (status.state !== 'succeeded') throw new Error(`${JSON.stringify(status)}\n${sql}`);
      return /^select/.test(sql) ? athena.rows(id) : [];
    };
    const stageId = `every-type-${randomUUID()}`;
    const files = readSqlFiles();
    const columns = names.map((name) => `cast(${name} as varchar)`).join();
    const asRow = (values: (string | null)[]) =>
      normal(Object.fromEntries(names.map((name, index) => [name, values[index] ?? null])));

    await catalog(databases, lakeBucket).ensureStagingTable(dataset.name, stagingColumns(dataset));
    await uploadFile(parquet, lakeBucket, `staging/${dataset.name}/stage_id=${stageId}/accepted.parquet`);
    try {
      await run(createSilverTable(files, dataset, databases, lakeBucket));
      await run(mergeStatement(files, dataset, databases, { stageIds: [stageId], batchSeq: 1 }));
      const staged = await run(
        `select ${columns} from ${databases.staging}.${dataset.name} where stage_id = '${stageId}' order by id`,
      );
      const silver = await run(`select ${columns} from ${databases.silver}.${dataset.name} order by id`);

      const micros = await oracle(`SELECT moment::VARCHAR AS moment FROM '${parquet}' ORDER BY meta_record`);
      expect(silver.map(asRow)).toEqual(expected);
      expect(staged.map(asRow)).toEqual(expected.map((row, index) => ({ ...row, ...micros[index] })));
    } finally {
      await run(`drop table if exists ${databases.silver}.${dataset.name}`);
      await run(`drop table if exists ${databases.staging}.${dataset.name}`);
    }
  });
});
