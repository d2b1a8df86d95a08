import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../aws/project-files.ts';
import { parseMarts } from '../../core/gold/mart.ts';
import { tokenise } from '../../core/sql/tokens.ts';

const names = readdirSync('sql/queries').map((file) => file.replace(/\.sql$/, ''));
const textOf = (name: string) => readFileSync(`sql/queries/${name}.sql`, 'utf8');
const datasets = readDatasets();
const marts = parseMarts(readSqlFiles(), datasets);

/** The comment at the top, as one line. */
const headerOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('--'))
    .map((line) => line.replace(/^--\s*/, ''))
    .join(' ');

describe.each(names)('sql/queries/%s.sql', (name) => {
  const text = textOf(name);

  it('says how it is run, with all its parameters and no others', () => {
    const [, command = ''] = /Run by: analysts; tributary query (.*)$/.exec(headerOf(text)) ?? [];

    const named = [...command.matchAll(/--param "?([a-z][a-z0-9_]*)/g)].map(([, parameter]) => parameter);

    expect(command).toMatch(new RegExp(`^--file sql/queries/${name}\\.sql( --param|$)`));
    const used = tokenise(text)
      .filter(({ kind }) => kind === 'parameter')
      .map((token) => token.text.slice(1));
    expect(named.sort()).toEqual([...new Set(used)].sort());
  });

  it('reads tables that the contracts and marts make', () => {
    const read = [...text.replaceAll(/^--.*$/gm, '').matchAll(/\{(silver|gold)\}\."?([a-z0-9_]+)/g)];

    const unknown = read.filter(([, layer, table]) => {
      const mart = marts.find((candidate) => candidate.name === table);
      return mart ? mart.layer !== layer : !(layer === 'silver' && Object.hasOwn(datasets, table!));
    });

    expect(unknown.map(([whole]) => whole)).toEqual([]);
  });
});

describe('sql/queries/orphans.sql', () => {
  const parts = textOf('orphans').split(/^union all$/m);

  it('counts the orphans of every reference of the datasets in it, by its policy, and of nothing else', () => {
    const counted = parts.map((part) => /select '(\w+)\.(\w+)'(?: as reference)?, '(\w+)'/.exec(part)!.slice(1, 4));

    const named = new Set(counted.map(([name]) => name));
    const references = Object.values(datasets).flatMap(({ name, references }) =>
      // A dataset that somebody adds need not be in it.
      named.has(name) ? references.map(({ column, onOrphan }) => [name, column, onOrphan]) : [],
    );

    expect(named.size).toBeGreaterThanOrEqual(5);
    expect(counted.map(String).sort()).toEqual(references.map(String).sort());
  });

  it('looks for each in the rows that count, and in the parent that the contract names', () => {
    const wrong = parts.filter((part) => {
      const [, name, column] = /select '(\w+)\.(\w+)'/.exec(part)!;
      const dataset = datasets[name!]!;
      const reference = dataset.references.find((each) => each.column === column)!;
      const [, child, condition = ''] = /^from \{silver\}\.(\w+)\n(?:where (.*)\n)?/m.exec(part)!;
      if (!part.includes(`count(distinct ${column})`) || !part.includes(`min(${column})`)) return true;
      if (reference.onOrphan === 'hold') return child !== `${name}_held` || condition !== '';
      const parents = `${column} not in (select ${reference.parentColumn} from {silver}.${reference.dataset})`;
      // A history is asked for its current versions, which no tombstone is among.
      const isCurrent = dataset.history === 'scd2';
      return isCurrent
        ? child !== `${name}_current` || condition !== parents
        : child !== name || condition !== `not meta_deleted and ${parents}`;
    });

    expect(wrong).toEqual([]);
  });
});
