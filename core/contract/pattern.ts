/**
 * What is wrong with a pattern of a contract, or undefined. The engine matches with RE2, which lacks look-around and
 * back-references (github.com/google/re2/wiki/Syntax); so patterns are limited to what RE2 and ECMAScript, the
 * standard's language for patterns, both read in the same way.
 */
export function patternProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    return `the pattern does not compile: ${(error as Error).message}`;
  }
  const group = /\(\?(?!:)[^)]{0,3}/.exec(withoutEscapes(pattern));
  if (group) return `the pattern uses "${group[0]}", which the engine (RE2) does not have; use (?:…) or (…)`;
  if (/\[\^?\]/.test(withoutEscapes(pattern))) return 'the pattern has an empty character class';
  for (const [sequence] of pattern.matchAll(/\\(?:x[0-9A-Fa-f]{2}|p\{[A-Z][a-z]?\}|P\{[A-Z][a-z]?\}|[\s\S])/gu)) {
    if (sequence.length === 2 && !/^\\[dDwWsSbBtnrfv^$\\.*+?()[\]{}|/-]$/.test(sequence)) {
      return `the pattern uses "${sequence}", which the engine (RE2) does not have or reads otherwise`;
    }
  }
  for (const [, least, most] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Number(least) > 1000 || Number(most ?? 0) > 1000) return 'the pattern repeats more than 1,000 times';
  }
  return undefined;
}

function withoutEscapes(pattern: string): string {
  return pattern.replace(/\\[\s\S]/gu, '__');
}
