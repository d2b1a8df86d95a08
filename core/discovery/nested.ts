import { snakeName } from './names.ts';
import { readPersonal } from './personal.ts';
import { isQuotable } from './personal-values.ts';

const DEEPEST = 20;

/** What is nested in the values of a column: each path of keys with the texts at its end. */
export type Leaves = Map<string, { name: string; values: Map<string, number> }>;

/** Adds what is nested in one value. Places in a list are all the same. */
export function addLeaves(leaves: Leaves, value: unknown, path: string, name = path, depth = 0): void {
  if (value === null || value === undefined || depth > DEEPEST) return;
  if (Array.isArray(value)) {
    for (const each of value) addLeaves(leaves, each, path, name, depth + 1);
  } else if (typeof value === 'object') {
    for (const [key, each] of Object.entries(value)) {
      // A key may be data itself, as in a list of texts by address.
      addLeaves(leaves, each, `${path}.${isQuotable(key) ? key : '…'}`, key, depth + 1);
      if (!isQuotable(key)) addLeaves(leaves, key, `${path}.…`, '', depth + 1);
    }
  } else {
    const leaf = leaves.get(path) ?? { name, values: new Map<string, number>() };
    const text = String(value);
    leaf.values.set(text, (leaf.values.get(text) ?? 0) + 1);
    leaves.set(path, leaf);
  }
}

/** The personal data that seems to be in there: `email addresses (user.email)`. */
export const personalLeaves = (leaves: Leaves): string[] =>
  [...leaves].flatMap(([path, { name, values }]) => {
    const personal = readPersonal(snakeName(name), values);
    return personal ? [`${personal.what} (${path})`] : [];
  });
