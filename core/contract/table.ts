import type { ParsedColumn } from './column.ts';
import type { Dataset } from './dataset.ts';
import { placeOfExtra, type TableExtras } from './extras.ts';
import type { Path, Source } from './source.ts';

export const TABLE: Path = ['schema', 0];

/** The key columns in the order of their positions. */
export function keyColumns(columns: ParsedColumn[], source: Source): string[] {
  const keys = columns.filter(({ property }) => property.primaryKey);
  const position = ({ property }: ParsedColumn) => property.primaryKeyPosition ?? 1;
  if (new Set(keys.map(position)).size < keys.length) {
    source.report([...keys.at(-1)!.path, 'primaryKey'], 'key columns need a primaryKeyPosition each, all different');
  }
  for (const { property, path } of columns) {
    if (property.primaryKeyPosition !== undefined && !property.primaryKey) {
      source.report([...path, 'primaryKeyPosition'], `${property.name}: has a key position but is no primaryKey`);
    }
  }
  return keys.sort((a, b) => position(a) - position(b)).map(({ column }) => column.name);
}

export function partitionOf(columns: ParsedColumn[], source: Source): Dataset['partition'] {
  const partitioned = columns.filter(({ property }) => property.partitioned);
  for (const { property, path, partitionTransform, column } of columns) {
    const say = (reason: string) => source.report([...path, 'partitioned'], `${property.name}: ${reason}`);
    if (!property.partitioned) {
      if (partitionTransform || property.partitionKeyPosition) say('partitioning needs partitioned: true');
      continue;
    }
    if (!partitionTransform) say('a partition column needs the customProperty partitionTransform');
    if (!column.required) say('a partition column must be required');
    const allowed = partitionTransform === 'identity' ? ['string', 'int', 'bigint', 'date'] : ['date', 'timestamp'];
    if (partitionTransform && !allowed.includes(column.type.kind)) {
      say(`partitionTransform ${partitionTransform} needs a column of type ${allowed.join(' or ')}`);
    }
  }
  if (partitioned.length > 1)
    source.report([...partitioned[1]!.path, 'partitioned'], 'a table has one partition column');
  const [first] = partitioned;
  return first?.partitionTransform && { column: first.column.name, transform: first.partitionTransform };
}

/** Reports what the table and its columns say that can not both be. `extras` is undefined where it could not be read. */
export function checkTable(
  extras: TableExtras | undefined,
  columns: ParsedColumn[],
  key: string[],
  source: Source,
): void {
  const ordering = [...key, ...(extras?.versionColumns ?? [])];
  for (const { column, property, path } of columns) {
    if (!ordering.includes(column.name) && !property.partitioned) continue;
    const rule = column.warnings?.find((name) => name === 'required' || name === 'unique');
    const reason = `${column.name}: the rows of a table are told apart and ordered by it: ${rule} can not only warn`;
    if (rule) source.report([...placeOfExtra(source, path, 'warnOnly'), 'value'], reason);
  }
  if (!extras) return;
  checkExtras(extras, columns, key, source);
  checkSeparators(extras, columns, source);
}

function checkExtras(extras: TableExtras, columns: ParsedColumn[], key: string[], source: Source): void {
  const say = (name: string, reason: string) => source.report(placeOfExtra(source, TABLE, name), reason);
  const typeOf = (name: string) => columns.find(({ column }) => column.name === name)?.column.type;

  if (key.length === 0 && !extras.identity) {
    source.report(
      [...TABLE, 'name'],
      'no column is primaryKey: name the key, or state identity: content if there is none',
    );
  }
  if (key.length > 0 && extras.identity) say('identity', 'identity: content contradicts the primaryKey columns');
  if (extras.identity && extras.history !== 'append') {
    say('history', 'rows known by their content have no versions: history must be append');
  }
  if (key.length > 0 && extras.history === 'append') {
    say('history', 'rows with a key compete by their version: history must be latest or scd2, or there must be no key');
  }
  if (extras.history === 'scd2') checkValidFrom(extras, columns, key, source);
  for (const name of extras.versionColumns) {
    const type = typeOf(name);
    if (!type) say('versionColumns', `version column ${name} is not a column`);
    else if (!['timestamp', 'date', 'int', 'bigint', 'decimal'].includes(type.kind)) {
      say(
        'versionColumns',
        `version column ${name} is a ${type.kind}; it must be a timestamp, date, integer or decimal`,
      );
    }
    if (type?.kind === 'decimal' && type.precision > 37) {
      say('versionColumns', `version column ${name} has ${type.precision} digits; at most 37 can be ordered`);
    }
  }
  if (new Set(extras.versionColumns).size < extras.versionColumns.length) {
    say('versionColumns', 'a version column is listed twice');
  }
  if (extras.deletedColumn && typeOf(extras.deletedColumn)?.kind !== 'boolean') {
    say('deletedColumn', `deletedColumn ${extras.deletedColumn} must be a boolean column of the contract`);
  }
  if ((extras.alarmRejectPercent ?? 0) > extras.maxRejectPercent) {
    say('alarmRejectPercent', 'the alarm could never ring: alarmRejectPercent is above maxRejectPercent');
  }
}

/** A version is valid from its first version column on, so that has to be a time, and there in every row. */
function checkValidFrom(
  { versionColumns: [first] }: TableExtras,
  columns: ParsedColumn[],
  key: string[],
  source: Source,
): void {
  const say = (reason: string) => source.report(placeOfExtra(source, TABLE, 'history'), `history scd2: ${reason}`);
  const column = columns.find((candidate) => candidate.column.name === first)?.column;
  if (first === undefined) say('versions are valid from the first of the versionColumns on, and there is none');
  else if (column && column.type.kind !== 'timestamp' && column.type.kind !== 'date') {
    say(`versions are valid from ${first} on, which must be a timestamp or date, not a ${column.type.kind}`);
  } else if (column && !column.required) say(`versions are valid from ${first} on, which must be required`);
  if (first !== undefined && key.includes(first)) say(`${first} is part of the key, so a key has one version only`);
  for (const name of ['valid_from', 'valid_to', 'is_current']) {
    if (columns.some((candidate) => candidate.column.name === name))
      say(`the column ${name} must have another name: that is one of the history's own`);
  }
}

function checkSeparators({ file, ...extras }: TableExtras, columns: ParsedColumn[], source: Source): void {
  const isNumber = ({ column }: ParsedColumn) => ['int', 'bigint', 'decimal', 'double'].includes(column.type.kind);
  for (const name of ['decimalSeparator', 'thousandsSeparator'] as const) {
    if (!extras[name] || columns.some(isNumber)) continue;
    source.report([...placeOfExtra(source, TABLE, name), 'value'], `${name} is of numbers, and no column is one`);
  }
  const clash = columns.find(
    ({ column }) =>
      file?.delimiter && [column.decimalSeparator, column.thousandsSeparator].some((mark) => mark === file.delimiter),
  );
  if (clash && file?.quote === null) {
    const reason = `the numbers of ${clash.column.name} have the delimiter in them, and fields are never quoted`;
    source.report([...placeOfExtra(source, TABLE, 'file'), 'value', 'delimiter'], reason);
  }
}
