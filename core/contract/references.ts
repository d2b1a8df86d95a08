import { ContractError } from '../errors.ts';
import type { Dataset, Reference } from './dataset.ts';
import { type ColumnExtras, placeOfExtra } from './extras.ts';
import type { ContractProperty } from './schema.ts';
import type { Path, Source } from './source.ts';

/** A reference as the standard writes it to a property of another contract. */
const target =
  /^(?<file>[a-z][a-z0-9_]*)\.odcs\.yaml#\/schema\/(?<table>[a-z][a-z0-9_]*)\/properties\/(?<column>[a-z][a-z0-9_]*)$/;

/** The references of one column; whether the parents are there is asked when all contracts are known. */
export function readReferences(
  { name, relationships = [] }: ContractProperty,
  extras: ColumnExtras | undefined,
  source: Source,
  path: Path,
): Reference[] {
  if (extras?.onOrphan && relationships.length === 0) {
    source.report(
      placeOfExtra(source, path, 'onOrphan'),
      `${name}: onOrphan is of references; it has no relationships`,
    );
  }
  return relationships.flatMap(({ to }, index) => {
    const { file, table, column } = target.exec(to)?.groups ?? {};
    if (file === undefined || table !== file) {
      const form = '<dataset>.odcs.yaml#/schema/<dataset>/properties/<key column>';
      source.report([...path, 'relationships', index, 'to'], `${name}: "${to}" is not of the form ${form}`);
      return [];
    }
    return [{ column: name, dataset: file, parentColumn: column!, onOrphan: extras?.onOrphan ?? 'flag' }];
  });
}

/**
 * Checks that every reference leads to the one key column of a dataset, of the same type, and that no row waits for
 * itself. Throws ContractError with a line for each that does not.
 */
export function checkReferences(datasets: Record<string, Dataset>): void {
  const problems = Object.values(datasets).flatMap((dataset) =>
    dataset.references.flatMap((reference) => {
      const reason = problemOf(datasets, dataset, reference);
      return reason === undefined ? [] : [`schemas/${dataset.name}.odcs.yaml: column ${reference.column} ${reason}`];
    }),
  );
  if (problems.length > 0) throw new ContractError(problems.join('\n'));
}

function problemOf(
  datasets: Record<string, Dataset>,
  dataset: Dataset,
  { column, dataset: parentName, parentColumn, onOrphan }: Reference,
): string | undefined {
  const parent = Object.hasOwn(datasets, parentName) ? datasets[parentName] : undefined;
  if (parent === undefined) return `refers to ${parentName}, which has no contract in schemas/`;
  if (parent.key.length !== 1 || parent.key[0] !== parentColumn) {
    return `refers to ${parentName}.${parentColumn}, but the key of ${parentName} is ${parent.key.join(', ') || 'its content'}`;
  }
  const kind = (name: string, of: Dataset) => of.columns.find((candidate) => candidate.name === name)?.type.kind;
  const [own, others] = [kind(column, dataset), kind(parentColumn, parent)];
  if (own !== others)
    return `is of type ${own}, but ${parentName}.${parentColumn}, to which it refers, is of type ${others}`;
  if (onOrphan === 'flag') return undefined;
  if (dataset.history === 'scd2') {
    return 'holds rows back, but the versions of a row (history: scd2) cannot wait for different parents: flag orphans';
  }
  if (dataset.columns.some(({ name }) => name === 'waits_for')) {
    return `holds rows back, and ${dataset.name}_held says in waits_for what for: give that column another name`;
  }
  if (waitsFor(datasets, parentName).includes(dataset.name)) {
    return `holds rows back until ${parentName} has their parents, whose rows wait for ${dataset.name} in turn`;
  }
  return undefined;
}

/** The dataset and all whose rows its own wait for, directly and indirectly. */
export function waitsFor(datasets: Record<string, Dataset>, name: string, known: readonly string[] = []): string[] {
  if (known.includes(name)) return [...known];
  const held = (datasets[name]?.references ?? []).filter(({ onOrphan }) => onOrphan === 'hold');
  return held.reduce((seen, reference) => waitsFor(datasets, reference.dataset, seen), [...known, name]);
}
