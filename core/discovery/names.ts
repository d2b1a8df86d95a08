import { RESERVED_WORDS } from '../contract/reserved-words.ts';

/** Letters that do not come apart into a plain one and its marks. */
const LETTERS: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', þ: 'th', ð: 'd' };
const LONGEST = 100;

/** A header as a lower_snake name: `CustomerID` is `customer_id`, `Größe (cm)` is `grosse_cm`; empty if nothing is left. */
export function snakeName(header: string): string {
  return header
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[ßæœøłđþð]/g, (letter) => LETTERS[letter]!)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, LONGEST)
    .replace(/_+$/, '');
}

/** A header as a name that a column may have, and why it is not simply the header in lower_snake. */
function allowedName(header: string, place: number): { name: string; because?: string } {
  const name = snakeName(header);
  if (name === '') return { name: `column_${place}`, because: 'its header has no letter from a to z' };
  if (/^[0-9]/.test(name)) return { name: `col_${name}`, because: 'a name begins with a letter' };
  if (name.startsWith('meta_')) return { name: `src_${name}`, because: 'meta_ is for the own columns of the pipeline' };
  if (RESERVED_WORDS.has(name)) return { name: `${name}_field`, because: `"${name}" is a reserved word in Athena` };
  return { name };
}

/**
 * The names of a table's columns by their headers, in the same order: all different, also from the headers of others,
 * since these become aliases. A header that is a good name by itself keeps it.
 */
export function columnNames(headers: string[]): { name: string; because?: string }[] {
  const wishes = headers.map((header, index) => allowedName(header, index + 1));
  const taken = new Map<string, number>();
  for (const [index, header] of headers.entries()) taken.set(header.toLowerCase(), index);
  return wishes.map(({ name, because }, index) => {
    const isFree = (candidate: string) => (taken.get(candidate) ?? index) === index;
    let free = name;
    for (let number = 2; !isFree(free); number++) free = `${name}_${number}`;
    taken.set(free, index);
    return { name: free, because: free === name ? because : `${name} is the name of another column` };
  });
}
