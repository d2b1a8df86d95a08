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
