import { isPlainNumber } from './numbers.ts';
import { isPlainlyPersonal } from './personal-values.ts';
import { readTimes } from './times.ts';

/** How many fields each of the first records of a file has with one delimiter; -1 for those that are broken otherwise. */
export type FieldCounts = readonly number[];

/** How well a delimiter tells fields apart: nothing, unless the first record has several and most others as many. */
export function fitOfDelimiter(counts: FieldCounts): number {
  const [first = 0] = counts;
  if (first < 2) return 0;
  const alike = counts.filter((count) => count === first).length / counts.length;
  return alike < 0.5 && counts.length > 2 ? alike / 10 : alike + first / 100_000;
}

type Kind = 'number' | 'time' | 'text';

const kindOf = (cell: string): Kind => {
  const text = cell.trim();
  if (isPlainNumber(text)) return 'number';
  return readTimes([text]) ? 'time' : 'text';
};
/** Columns are called 2019 and 2020, too. */
const isYear = (cell: string): boolean => /^(?:19|20|21)\d\d$/.test(cell.trim());

/**
 * Whether the first record of a file is its header, by the records behind it: it is not if it has numbers or times where
 * they have them, and no text where they have numbers or times; nor if it has the address or a number of a person.
 */
export function isHeader(first: string[], rest: string[][]): boolean {
  if (first.some((cell) => isPlainlyPersonal(cell.trim()))) return false;
  const columns = first.map((cell, index) => {
    const below = rest.map((cells) => cells[index] ?? '').filter((text) => text.trim() !== '');
    const kinds = below.map(kindOf);
    const most = (['number', 'time'] as const).find(
      (kind) => kinds.filter((each) => each === kind).length > 0.8 * below.length,
    );
    return { cell, own: kindOf(cell), below: below.length === 0 ? undefined : (most ?? 'text') };
  });
  const likeData = columns.filter(({ cell, own, below }) => own !== 'text' && own === below && !isYear(cell));
  const likeNames = columns.filter(
    ({ cell, own, below }) => own === 'text' && cell.trim() !== '' && (below === 'number' || below === 'time'),
  );
  return likeData.length === 0 || likeNames.length > 0;
}
