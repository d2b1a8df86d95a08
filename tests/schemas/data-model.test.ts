import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../aws/project-files.ts';
import type { Dataset } from '../../core/contract/dataset.ts';
import { parseMarts } from '../../core/gold/mart.ts';
import { silverColumns } from '../../core/merge/tables.ts';

const guide = readFileSync('docs/guide/data-model.md', 'utf8');
/** The rows of the table whose first column is headed so, each by its heads. */
function table(first: string): Record<string, string>[] {
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const lines = guide.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|') && cells(line)[0] === first);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  const [heads, ...rows] = lines.slice(start, end).map(cells);
  return rows.slice(1).map((row) => Object.fromEntries(heads!.map((head, index) => [head, row[index]!])));
}
const quoted = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
const code = (text: string | undefined) => (text === undefined ? '' : `\`${text}\``);

/** The page describes the systems that are built here: a dataset that somebody adds need not be in it. */
const all = readDatasets();
const named = table('dataset').flatMap(({ dataset }) => quoted(dataset!));
const datasets = Object.fromEntries(Object.entries(all).filter(([name]) => named.includes(name)));
const marts = parseMarts(readSqlFiles(), all).filter(({ layer }) => layer === 'gold');

/** Child, policy and parent of each arrow of the drawing, across and upwards. */
function drawnReferences(): string[] {
  const lines = guide.split('```')[1]!.split('\n');
  const across = lines.flatMap((line) => [
    ...[...line.matchAll(/(\w+) ──\((\w+)\)──▶ (?=(\w+))/g)].map(([, child, policy, parent]) => [
      child,
      policy,
      parent,
    ]),
    ...[...line.matchAll(/(?<=(\w+)) ◀──\((\w+)\)── (\w+)/g)].map(([, parent, policy, child]) => [
      child,
      policy,
      parent,
    ]),
  ]);
  const at = (row: number, column: number) =>
    [...lines[row]!.matchAll(/\w+/g)].find(({ index, 0: word }) => index <= column && column < index + word.length)![0];
  const upwards = lines.flatMap((line, row) =>
    [...line.matchAll(/▲/g)].map(({ index }) => [at(row + 3, index), at(row + 1, index), at(row - 1, index)]),
  );
  return [...across, ...upwards].map(String).sort();
}

describe('docs/guide/data-model.md', () => {
  it('draws the references of the contracts, with their policies', () => {
    const references = Object.values(datasets).flatMap(({ name, references }) =>
      references.map(({ onOrphan, dataset }) => String([name, onOrphan, dataset])),
    );

    expect(drawnReferences()).toEqual(references.sort());
  });

  it('has key, history, versions, partition and tombstones of the datasets of all five systems', () => {
    const keeps = ({ history, drift }: Dataset) =>
      ({ scd2: 'every version', append: 'all', latest: 'latest' })[history] +
      (drift === 'evolve' ? ', evolving columns' : '');

    const described = Object.values(datasets).map((dataset) => ({
      dataset: code(dataset.name),
      key: dataset.key.length > 0 ? dataset.key.map(code).join(', ') : 'its content',
      keeps: keeps(dataset),
      'newest by': dataset.versionColumns.map(code).join(', '),
      'partitioned by': dataset.partition ? `${dataset.partition.transform} of ${code(dataset.partition.column)}` : '',
      deletes: code(dataset.deletedColumn),
    }));

    const byName = (a: { dataset?: string }, b: { dataset?: string }) => (a.dataset! < b.dataset! ? -1 : 1);
    expect(described.length).toBeGreaterThanOrEqual(9);
    expect(table('dataset').sort(byName)).toEqual(described.sort(byName));
  });

  it('names columns beside those of the contract that every silver table has', () => {
    const meta = [...new Set(quoted(guide).filter((name) => name.startsWith('meta_')))];

    const had = Object.values(datasets).map((dataset) => silverColumns(dataset).map(({ name }) => name));

    expect(meta.length).toBeGreaterThan(5);
    expect(had.flatMap((columns) => meta.filter((name) => !columns.includes(name)))).toEqual([]);
  });

  it('has the dimensions that every fact is made with, and the columns that lead there', () => {
    const facts = marts.filter(({ name }) => /^(fact|fct)_/.test(name));

    const rows = table('fact');

    expect(rows.map(({ fact }) => fact).sort()).toEqual(facts.map(({ name }) => code(name)).sort());
    for (const { fact, dimensions } of rows) {
      const { companions, select } = facts.find(({ name }) => code(name) === fact)!;
      const names = quoted(dimensions!);
      expect(names.filter((name) => name.startsWith('dim_')).sort()).toEqual([...companions].sort());
      const columns = names.filter((name) => !name.startsWith('dim_'));
      expect(columns.filter((column) => !new RegExp(`\\b${column}\\b`).test(select))).toEqual([]);
    }
  });

  it('has every mart once, under a system whose page tells of it', () => {
    const systems = table('system');

    const listed = systems.flatMap((row) => quoted(row.marts!)).sort();
    expect(listed.filter((name, index) => name === listed[index - 1])).toEqual([]);
    // A mart over marts of these systems is one of theirs.
    const theirs = new Set(named);
    for (const { name, sources } of marts) if (sources.every((source) => theirs.has(source))) theirs.add(name);
    expect(listed).toEqual([...theirs].filter((name) => !named.includes(name)).sort());
    const linked = systems.flatMap((row) => {
      const [, page] = /\]\(([\w-]+\.md)\)/.exec(row.system!) ?? [];
      return page ? [[`docs/guide/${page}`, quoted(row.marts!)] as const] : [];
    });
    expect(linked.length).toBeGreaterThan(3);
    for (const [page, names] of linked) {
      expect(existsSync(page)).toBe(true);
      const text = readFileSync(page, 'utf8');
      expect(names.filter((name) => !text.includes(name))).toEqual([]);
    }
  });
});
