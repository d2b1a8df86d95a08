import type { Column, Dataset } from '../../contract/dataset.ts';
import type { FileRecord, RuleResult } from '../../quality/record.ts';
import { contractRules } from '../../quality/rules.ts';
import { visible } from '../../visible.ts';
import { counted, percent } from '../evidence.ts';
import { flow } from '../render.ts';
import { isMoreThanChance } from './fields.ts';
import type { Finding } from './finding.ts';
import { oldest } from './window.ts';

interface Tally {
  broken: number;
  checked: number;
  files: FileRecord[];
  examples: Map<string, { rows: number; files: number }>;
  rule: RuleResult;
}

/** Each rule with the rows that broke it in some files, and the values that were refused as far as they are known. */
function tally(files: FileRecord[]): Map<string, Tally> {
  const all = new Map<string, Tally>();
  for (const file of files) {
    for (const rule of file.rules) {
      const sum: Tally = all.get(rule.name) ?? { broken: 0, checked: 0, files: [], examples: new Map(), rule };
      sum.broken += rule.rows_broken;
      sum.checked += rule.rows_checked;
      if (rule.rows_broken > 0) sum.files.push(file);
      for (const { value, rows } of rule.examples ?? []) {
        if (value === null) continue;
        const known = sum.examples.get(value) ?? { rows: 0, files: 0 };
        sum.examples.set(value, { rows: known.rows + rows, files: known.files + 1 });
      }
      all.set(rule.name, sum);
    }
  }
  return all;
}

/** A value that came once may be a slip; one in two files, or in a hundredth of the rows, is not. */
const isMoreThanASlip = ({ rows, files }: { rows: number; files: number }, checked: number): boolean =>
  files > 1 || rows * 100 >= checked;

/** Values that an enumeration refuses, again and again. */
export function refusedValues(dataset: Dataset, recent: FileRecord[]): Finding[] {
  const tallies = tally(recent);
  return dataset.columns.flatMap((column): Finding[] => {
    const of = tallies.get(`${column.name}.enum`);
    if (!column.enum || !of || of.broken === 0) return [];
    const folded = new Set(column.enum);
    const values = [...of.examples]
      .filter(([value, found]) => !folded.has(value) && isMoreThanASlip(found, of.checked))
      .sort(([, a], [, b]) => b.rows - a.rows);
    if (values.length === 0) return [];
    const told = values.map(([value, { rows }]) => `${JSON.stringify(visible(value))} (${counted(rows, 'row')})`);
    const first = oldest(of.files);
    return [
      {
        kind: 'refused_values',
        ids: values.map(([value]) => `refused_values ${column.name} ${value}`),
        column: column.name,
        files: of.files.length,
        since: first.last_modified,
        sentence: `${counted(of.broken, 'row')} in ${counted(of.files.length, 'file')} have a ${column.name} that is not in its enumeration: ${told.join(', ')}`,
        suggestion: enumeration(
          column,
          values.map(([value]) => value),
        ),
      },
    ];
  });
}

function enumeration({ name, type, enum: known = [] }: Column, more: string[]): string {
  const isText = type.kind === 'string' || type.kind === 'date';
  const values = [...known, ...more].map((value) => ({ value: isText ? value : Number(value) }));
  return `- name: ${name}\n  enum: ${flow(values)}`;
}

/** Fewer rows than this show no trend. */
const ENOUGH = 5;

/** Rules of the contract that a share of the rows breaks which has doubled at least, by more than chance. */
export function risingRejects(dataset: Dataset, recent: FileRecord[], before: FileRecord[]): Finding[] {
  const names = new Set(contractRules(dataset).map(({ name }) => name));
  const had = tally(before);
  return [...tally(recent)].flatMap(([name, now]): Finding[] => {
    const then = had.get(name);
    if (!names.has(name) || now.rule.rule === 'enum' || !then || then.checked === 0) return [];
    const [share, shareBefore] = [now.broken / now.checked, then.broken / then.checked];
    if (now.broken < ENOUGH || share < 2 * shareBefore) return [];
    if (!isMoreThanChance(now.broken, now.checked, then.broken, then.checked)) return [];
    const values = [...now.examples].sort(([, a], [, b]) => b.rows - a.rows).slice(0, 3);
    const told = values.map(
      ([value, { rows }]) => `${JSON.stringify(visible(value))} (${rows.toLocaleString('en-US')})`,
    );
    const what = now.rule.severity === 'error' ? 'rejected' : 'warned of';
    return [
      {
        kind: 'rejects_rising',
        ids: [`rejects_rising ${name}`],
        column: now.rule.column_name,
        files: now.files.length,
        since: oldest(now.files).last_modified,
        sentence: `${percent(now.broken, now.checked)} of ${counted(now.checked, 'row')} are ${what} by ${name}, in ${counted(now.files.length, 'file')}; before, ${percent(then.broken, then.checked)} of ${counted(then.checked, 'row')}${told.length > 0 ? `; values: ${told.join(', ')}` : ''}`,
      },
    ];
  });
}
