/** Spellings of a missing value, in lower case, where the other values of a column are of another type than text. */
const NULLS = new Set(
  'na n/a n.a. #n/a nan null none nil - -- ? . \\n (null) <null> missing undefined unknown'.split(' '),
);
/** Of these a text column means a missing value, too; `NA` may be Namibia there, and `None` or `unknown` an answer. */
const NULLS_OF_TEXTS = new Set('n/a n.a. #n/a null - -- \\n (null) <null>'.split(' '));

export const isNullSpelling = (text: string): boolean => NULLS.has(text.trim().toLowerCase());
export const isNullOfTexts = (text: string): boolean => NULLS_OF_TEXTS.has(text.trim().toLowerCase());

const PAIRS: [yes: string, no: string][] = [
  ['yes', 'no'],
  ['y', 'n'],
  ['t', 'f'],
  ['ja', 'nein'],
  ['oui', 'non'],
  ['on', 'off'],
  ['1', '0'],
];

/** Columns that answer a question. */
const QUESTION =
  /^(?:is|has|was|can|should|allow|allows)_|(?:^|_)(?:flag|deleted|active|enabled|disabled|opt_in|verified)$/;

export const isQuestion = (name: string): boolean => QUESTION.test(name);

/**
 * The spellings of true and false if these texts are nothing else: `{}` for `true` and `false` themselves. One answer
 * alone, and 1 and 0, are taken for one only in a column whose name is a question.
 */
export function readBooleans(texts: string[], name: string): Record<string, string[]> | undefined {
  if (texts.length === 0) return undefined;
  const folded = new Set(texts.map((text) => text.toLowerCase()));
  if ([...folded].every((text) => text === 'true' || text === 'false')) return {};
  const pair = PAIRS.find((words) => [...folded].every((text) => words.includes(text)));
  if (!pair || ((folded.size < 2 || pair[0] === '1') && !isQuestion(name))) return undefined;
  const spelled = (word: string) => texts.filter((text) => text.toLowerCase() === word).sort();
  const found = { true: spelled(pair[0]), false: spelled(pair[1]) };
  // Of an answer that the sample does not have, the spelling is that of the other.
  if (found.true.length === 0) found.true = [likeCase(pair[0], found.false[0]!)];
  if (found.false.length === 0) found.false = [likeCase(pair[1], found.true[0]!)];
  return found;
}

const likeCase = (word: string, model: string): string => {
  if (model === model.toLowerCase()) return word;
  return model === model.toUpperCase() ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1);
};
