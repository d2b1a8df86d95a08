import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Cell } from './cells.ts';
import { type Generated, generate } from './generate.ts';
import type { Field, Plan } from './plan.ts';
import { bookings } from './plans/bookings.ts';
import { randomOf } from './random.ts';
import type { MakeWriter } from './writer.ts';

/** Types that the file has; guests are wider than in the contract. */
const TYPES: Record<string, string> = {
  check_out: 'DATE',
  booking_id: 'BIGINT',
  check_in: 'DATE',
  remark: 'VARCHAR',
  guests: 'BIGINT',
  price: 'DECIMAL(12,2)',
  nights_in_package: 'INTEGER',
  rating: 'DOUBLE',
  revision: 'DECIMAL(8,3)',
};

/** What a typed column shows of a value. */
function typed(field: Field): Field {
  const retold = (cell: Cell): Cell => {
    if (cell.value === null) return cell;
    const text = String(cell.value);
    return { ...cell, text: field.name === 'rating' && /^-?\d+$/.test(text) ? `${text}.0` : text, spellings: [] };
  };
  const seed = { random: randomOf(0), n: 0, rank: 0 };
  // A text that is not of the type can not be in the file, except for guests; nor can minus zero, beside zero, since
  // DuckDB writes either for both.
  const fits = ({ value, text }: Cell) =>
    (value !== null || text === '' || (field.name === 'guests' && /^\d+$/.test(text))) && !Object.is(value, -0);
  return {
    ...field,
    good: (of) => retold(field.good(of)),
    bad: field.bad.filter((make) => fits(make(seed))).map((make) => (of) => retold(make(of))),
  };
}

const plan: Plan = { ...bookings, faults: undefined, fields: bookings.fields.map(typed) };

/** The texts of the rows as JSON, a record a line; what is raw of a row is what its typed values are as JSON. */
const textWriter: MakeWriter = () => {
  const lines: string[] = [];
  return {
    row({ cells }) {
      const texts = plan.fields.map(({ name }, index) => [name, cells[index]!.text || null] as const);
      lines.push(JSON.stringify(Object.fromEntries(texts)));
      const isText = (name: string) => /DATE|VARCHAR/.test(TYPES[name]!);
      const values = texts.map(([name, text]) => [name, text === null || isText(name) ? text : Number(text)]);
      return { raw: JSON.stringify(Object.fromEntries(values)), line: null };
    },
    finish: () => Buffer.from(lines.join('\n')),
  };
};

/** Bookings as a Parquet file with types of its own, which nothing can damage in a part. */
export async function parquetFileOf(seed: number, records: number): Promise<Generated> {
  const { bytes, truth } = generate(plan, textWriter, seed, records);
  const folder = await mkdtemp(join(tmpdir(), 'tributary-truth-'));
  const database = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await database.connect();
  try {
    const [texts, parquet] = [join(folder, 'texts.jsonl'), join(folder, 'bookings.parquet')];
    await writeFile(texts, bytes);
    const names = Object.keys(TYPES);
    const columns = names.map((name) => `${name}: 'VARCHAR'`).join();
    const values = names.map((name) => `${name}::${TYPES[name]} AS ${name}`).join();
    await connection.run(
      `COPY (SELECT ${values} FROM read_json('${texts}', format = 'newline_delimited', columns = {${columns}}))
       TO '${parquet}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
    );
    return { bytes: await readFile(parquet), truth };
  } finally {
    connection.closeSync();
    database.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}
