import type { Dataset } from '../../contract/dataset.ts';
import type { FileRecord } from '../../quality/record.ts';
import { columnsByHeader } from '../../validation/header.ts';
import { visible } from '../../visible.ts';
import { counted, percent } from '../evidence.ts';
import { columnNames } from '../names.ts';
import { flow } from '../render.ts';
import type { Finding } from './finding.ts';
import { LEFT_OUT, toldName } from './told.ts';
import { isTable, oldest } from './window.ts';

/** Fields of the files that the contract does not know, each with the files that have it. */
export function unknownFields(dataset: Dataset, recent: FileRecord[]): Finding[] {
  const known = columnsByHeader(dataset);
  const found = new Map<string, { name: string; files: FileRecord[] }>();
  for (const file of recent) {
    const names = file.unknown_columns.filter((name) => !known.has(name.toLowerCase()));
    for (const name of new Set(names.map((name) => toldName(dataset, name)))) {
      const key = name.toLowerCase();
      const field = found.get(key) ?? { name, files: [] };
      field.files.push(file);
      found.set(key, field);
    }
  }
  const readable = recent.filter(isTable).length;
  return [...found].map(([key, { name, files }]) => {
    const first = oldest(files);
    const fate = {
      reject: 'their rows are rejected',
      rescue: 'its values are kept in meta_rescued',
      evolve: 'it became a column, of strings',
    };
    return {
      kind: 'unknown_field',
      ids: [`unknown_field ${key}`],
      column: name,
      files: files.length,
      since: first.last_modified,
      sentence: `${name === LEFT_OUT ? 'a field whose name may be personal data' : `the field ${visible(name)}`}, which the contract does not know, is in ${files.length} of ${counted(readable, 'file')} since ${minute(first)} (first in ${place(first)}); ${fate[dataset.drift]}`,
      suggestion: name === LEFT_OUT ? undefined : newColumn(name, first),
    };
  });
}

/** No values of it are in a record: its type is for whoever has the file. */
function newColumn(header: string, file: FileRecord): string {
  const [{ name }] = columnNames([header]) as [{ name: string }];
  const isAlias = header.toLowerCase() !== name && header === header.trim();
  return [
    `- name: ${name} # its type: npx tributary infer, with a copy of ${place(file)}`,
    '  logicalType: string',
    '  physicalType: string',
    ...(isAlias ? ['  customProperties:', `    - { property: aliases, value: ${flow([header])} }`] : []),
  ].join('\n');
}

/** Columns of the contract that had values before and have none at all any more. */
export function absentColumns(dataset: Dataset, recent: FileRecord[], before: FileRecord[]): Finding[] {
  const now = recent.filter(({ rows_accepted }) => (rows_accepted ?? 0) > 0);
  if (now.length === 0) return [];
  return dataset.columns.flatMap(({ name }): Finding[] => {
    const had = nullsOf(before, name);
    const has = nullsOf(now, name);
    if (has.files < now.length || has.nulls < has.rows || had.nulls >= had.rows) return [];
    const first = oldest(now);
    const sentence = `the column ${name} has no value in any of ${counted(has.files, 'file')} (${counted(has.rows, 'row')}) since ${minute(first)}; before, ${percent(had.rows - had.nulls, had.rows)} of ${counted(had.rows, 'row')} had one`;
    return [
      {
        kind: 'absent_column',
        ids: [`absent_column ${name}`],
        column: name,
        files: has.files,
        since: first.last_modified,
        sentence,
      },
    ];
  });
}

/** Fewer rows than this show no share. */
const ENOUGH = 50;
const POINTS = 10;

/** Columns of which the share of missing values differs by ten percent points or more from the period before. */
export function nullShares(dataset: Dataset, recent: FileRecord[], before: FileRecord[]): Finding[] {
  return dataset.columns.flatMap(({ name }): Finding[] => {
    const had = nullsOf(before, name);
    const has = nullsOf(recent, name);
    if (had.rows < ENOUGH || has.rows < ENOUGH || has.nulls === has.rows) return [];
    const change = (100 * has.nulls) / has.rows - (100 * had.nulls) / had.rows;
    if (Math.abs(change) < POINTS || !isMoreThanChance(has.nulls, has.rows, had.nulls, had.rows)) return [];
    const files = recent.filter((file) => nullsOf([file], name).rows > 0);
    return [
      {
        kind: 'nulls_changed',
        ids: [`nulls_changed ${name} ${change > 0 ? 'more' : 'fewer'}`],
        column: name,
        files: files.length,
        since: oldest(files).last_modified,
        sentence: `the column ${name} has no value in ${percent(has.nulls, has.rows)} of ${counted(has.rows, 'accepted row')}; before, in ${percent(had.nulls, had.rows)} of ${counted(had.rows, 'row')}`,
      },
    ];
  });
}

function nullsOf(files: FileRecord[], column: string): { files: number; rows: number; nulls: number } {
  const sum = { files: 0, rows: 0, nulls: 0 };
  for (const { columns, rows_accepted } of files) {
    const profile = columns.find(({ name }) => name === column);
    if (!profile || !rows_accepted) continue;
    sum.files++;
    sum.rows += rows_accepted;
    sum.nulls += profile.nulls;
  }
  return sum;
}

/** Two shares that differ by more than four standard errors: such a difference is chance once in ten thousand times. */
export function isMoreThanChance(part: number, whole: number, partBefore: number, wholeBefore: number): boolean {
  const pooled = (part + partBefore) / (whole + wholeBefore);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / whole + 1 / wholeBefore));
  return Math.abs(part / whole - partBefore / wholeBefore) > 4 * error;
}

export const minute = ({ last_modified }: FileRecord): string => last_modified.slice(0, 16).replace('T', ' ');
export const place = ({ bucket, key }: FileRecord): string => `s3://${bucket}/${visible(key)}`;
