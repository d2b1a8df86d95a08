import type { Column, Dataset } from '../contract/dataset.ts';
import type { Guess } from './guess.ts';
import { singular } from './keys.ts';

/**
 * The contract whose key a column seems to hold: it has the key's name or an alias of it (`id` of customers: customer_id),
 * the key's type, and every value has the key's pattern if that states one.
 */
export function findReference(
  guess: Guess,
  values: Iterable<string>,
  datasets: Dataset[],
): { dataset: string; column: string } | undefined {
  const texts = [...values];
  for (const { name, key, columns } of datasets) {
    const parent = key.length === 1 ? columns.find((column) => column.name === key[0]) : undefined;
    if (!parent || texts.length === 0 || !isNamedLike(guess.name, parent, name) || parent.type.kind !== guess.type.kind)
      continue;
    const pattern = parent.pattern === undefined ? undefined : new RegExp(`^(?:${parent.pattern})$`, 'u');
    if (texts.every((text) => pattern?.test(text) ?? true)) return { dataset: name, column: parent.name };
  }
  return undefined;
}

function isNamedLike(name: string, { name: key, aliases }: Column, dataset: string): boolean {
  const long = key === 'id' || key === 'key' || key === 'uuid' ? `${singular(dataset)}_${key}` : key;
  return (
    name === long ||
    name.endsWith(`_${long}`) ||
    (key !== 'id' && aliases.some((alias) => alias.toLowerCase() === name))
  );
}
