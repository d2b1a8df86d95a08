/** Spellings of a missing value, in lower case, where the other values of a column are of another type than text. */
const NULLS = new Set(
  'na n/a n.a. #n/a nan null none nil - -- ? . \\n (null) <null> missing undefined unknown'.split(' '),
);
/** Of these a text column means a missing value, too; `NA` may be Namibia there, and `None` or `unknown` an answer. */
const NULLS_OF_TEXTS = new Set('n/a n.a. #n/a null - -- \\n (null) <null>'.split(' '));

export const isNullSpelling = (text: string): boolean => NULLS.has(text.trim().toLowerCase());
export const isNullOfTexts = (text: string): boolean => NULLS_OF_TEXTS.has(text.trim().toLowerCase());

const YES = ['true', 'yes', 'y', 't', '1', 'on', 'ja', 'oui'];
const NO = ['false', 'no', 'n', 'f', '0', 'off', 'nein', 'non'];

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
  const spelled = (words: string[]) => texts.filter((text) => words.includes(text.toLowerCase())).sort();
  const [yes, no] = [spelled(YES), spelled(NO)];
  if (yes.length + no.length < texts.length) return undefined;
  const others = [...yes, ...no].filter((text) => !/^(?:true|false)$/i.test(text));
  if (others.length === 0) return {};
  const isBare = yes.length === 0 || no.length === 0 || others.every((text) => text === '1' || text === '0');
  if (isBare && !isQuestion(name)) return undefined;
  // Of an answer that the sample does not have, the spelling is that of the other.
  if (yes.length === 0) yes.push(opposite(no[0]!, NO, YES));
  if (no.length === 0) no.push(opposite(yes[0]!, YES, NO));
  const aliases = (found: string[]) => found.filter((text) => !/^(?:true|false)$/i.test(text));
  return Object.fromEntries(
    [['true', aliases(yes)] as const, ['false', aliases(no)] as const].filter(([, spellings]) => spellings.length > 0),
  );
}

const opposite = (text: string, of: string[], to: string[]): string => {
  const word = to[of.indexOf(text.toLowerCase())]!;
  if (text === text.toLowerCase()) return word;
  return text === text.toUpperCase() ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1);
};
