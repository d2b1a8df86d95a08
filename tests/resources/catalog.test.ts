import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { BatchItem, FileItem, Orphans } from '../../core/ledger/items.ts';
import { doneRecord } from '../../core/quality/make-record.ts';
import type { ColumnRecord, FileRecord, GateRecord, RuleResult } from '../../core/quality/record.ts';
import { orders } from '../core/pipeline/world.ts';

interface Column {
  Name: string;
  Type: string;
}

const { Resources } = parse(readFileSync('resources/catalog.yml', 'utf8'), {
  customTags: ['!Ref', '!Sub'].map((tag) => ({ tag, resolve: (text: string) => text })),
});
const { StorageDescriptor, PartitionKeys } = Resources.FilesTable.Properties.TableInput as {
  StorageDescriptor: { Columns: Column[] };
  PartitionKeys: Column[];
};
const typeOf = (name: string) => StorageDescriptor.Columns.find(({ Name }) => Name === name)!.Type;
/** Of the outer struct. */
const fields = (type: string) =>
  [...type.replace(/:array<struct<[^>]*>>/, ':array').matchAll(/[<,](\w+):/g)].map(([, name]) => name!);

describe('the table of files', () => {
  it('has a column for every field of a record, under its name', () => {
    const file = { file_id: 'f', stage_id: 'f-1', last_modified: '2026-03-01T00:00:00.000Z' } as FileItem;
    const record = doneRecord(
      orders,
      file,
      {} as BatchItem,
      undefined,
      { anomalies: [], orphans: [] },
      '2026-03-01T00:00:00.000Z',
    );

    const named = [...PartitionKeys, ...StorageDescriptor.Columns].map(({ Name }) => Name);

    expect(named.filter((name) => name !== 'day').sort()).toEqual(Object.keys(record).sort());
  });

  it.each<[keyof FileRecord, string[]]>([
    [
      'rules',
      [
        ...(['name', 'column_name', 'rule', 'severity', 'origin', 'description'] satisfies (keyof RuleResult)[]),
        ...(['rows_broken', 'rows_checked', 'pass_percent'] satisfies (keyof RuleResult)[]),
      ],
    ],
    ['gates', ['name', 'severity', 'description', 'measured', 'unit', 'passed'] satisfies (keyof GateRecord)[]],
    ['columns', ['name', 'pii', 'nulls', 'distinct_values', 'min', 'max', 'top'] satisfies (keyof ColumnRecord)[]],
    ['anomalies', ['measure', 'value', 'low', 'high', 'median', 'files']],
    ['orphans', ['column_name', 'parent', 'on_orphan', 'rows'] satisfies (keyof Orphans)[]],
  ])('has the parts of %s in the order in which the queries unnest them', (name, parts) => {
    expect(fields(typeOf(name))).toEqual(parts);
  });
});
