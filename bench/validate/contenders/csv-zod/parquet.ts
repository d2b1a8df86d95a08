import { constants, zstdCompressSync } from 'node:zlib';
import { type ColumnSource, fileWriter, ParquetWriter } from 'hyparquet-writer';

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

const level = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const compressors = { ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes, level)) };

const string = (name: string, isRequired = true): Schema[number] => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: isRequired ? 'REQUIRED' : 'OPTIONAL',
});

export const ORDER_COLUMNS: Schema = [
  string('order_id'),
  string('customer_id'),
  string('product_id'),
  { name: 'quantity', type: 'INT32', repetition_type: 'REQUIRED' },
  {
    name: 'unit_price',
    type: 'INT64',
    converted_type: 'DECIMAL',
    precision: 10,
    scale: 2,
    repetition_type: 'REQUIRED',
  },
  string('status'),
  { name: 'order_ts', type: 'INT64', repetition_type: 'REQUIRED' },
];

export const LINEAGE_COLUMNS: Schema = [
  string('meta_version'),
  { name: 'meta_deleted', type: 'BOOLEAN', repetition_type: 'REQUIRED' },
  string('meta_file_id'),
  { name: 'meta_record', type: 'INT32', repetition_type: 'REQUIRED' },
  string('meta_row_hash'),
  string('meta_rescued', false),
];

export const REJECTED_COLUMNS: Schema = [
  string('stage_id'),
  { name: 'record', type: 'INT32', repetition_type: 'REQUIRED' },
  { name: 'line', type: 'INT32', repetition_type: 'REQUIRED' },
  string('raw'),
  string('reasons'),
];

export const ROW_GROUP = 50_000;

/** Takes columns of any number of rows and writes each call as one row group. */
export function parquetFile(path: string, columns: Schema) {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [{ name: 'root', num_children: columns.length }, ...columns],
    codec: 'ZSTD',
    compressors,
  });
  return {
    write(data: unknown[][]): void {
      const columnData = columns.map(({ name }, index) => ({ name, data: data[index] }) as ColumnSource);
      if (data[0]!.length > 0) writer.write({ columnData, rowGroupSize: ROW_GROUP });
    },
    end: () => writer.finish(),
  };
}
