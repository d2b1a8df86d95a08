import { ContractError } from '../errors.ts';
import { valueProblem } from './values.ts';

/** A piece of a row rule's expression; joined, the texts are the expression again. */
export interface ExpressionToken {
  /** `column`: a column of the contract, in lower case. `code`: all that stays as it is, white space included. */
  kind: 'column' | 'code';
  text: string;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Everything here gives the same answer for the same row: no clock, no chance, no other rows. */
const FUNCTIONS =
  words(`abs ceil floor round sign mod greatest least coalesce nullif lower upper trim ltrim rtrim length
  substr substring replace starts_with ends_with contains regexp_matches regexp_full_match date_diff date_trunc date_part
  year month day hour minute second extract cast try_cast`);
const KEYWORDS =
  words(`and or not in between is null case when then else end like ilike escape distinct from as interval
  date timestamp true false`);
/** Keywords that a bracket may follow without being a function's. */
const BEFORE_BRACKET = words('and or not in from between when then else case like ilike');
const UNITS = words('year years quarter month months week weeks day days hour hours minute minutes second seconds');
const TYPES = words('varchar text integer int bigint double decimal date timestamp boolean');
const OPERATORS = words('+ - * / % = <> != < <= > >= || ( ) ,');

const PIECES =
  /(?<space>\s+)|(?<string>'(?:[^']|'')*')|(?<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<operator>[(),]|[-+*/%=<>!|]+)|(?<other>[\s\S])/gu;

interface Piece {
  kind: 'string' | 'number' | 'word' | 'operator';
  /** Words in lower case. */
  text: string;
  start: number;
  end: number;
}

/**
 * Reads the expression of a row rule, which is a part of SQL that can do nothing but compute from one row: columns of
 * the contract, literals, operators and the functions above. Throws ContractError naming what does not belong there.
 */
export function parseExpression(expression: string, columnNames: Iterable<string>): ExpressionToken[] {
  const known = new Set(columnNames);
  const pieces = significant(expression);
  const tokens: ExpressionToken[] = [];
  let end = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece.start > end) tokens.push({ kind: 'code', text: expression.slice(end, piece.start) });
    const isColumn = piece.kind === 'word' && wordIsColumn(pieces, index, known);
    tokens.push({
      kind: isColumn ? 'column' : 'code',
      text: isColumn ? piece.text : expression.slice(piece.start, piece.end),
    });
    end = piece.end;
  }
  checkBrackets(pieces);
  if (!tokens.some(({ kind }) => kind === 'column')) throw new ContractError('the expression names no column');
  return tokens;
}

/** The columns that an expression names, each once, in the order in which they first appear. */
export function columnsOfExpression(tokens: ExpressionToken[]): string[] {
  return [...new Set(tokens.flatMap(({ kind, text }) => (kind === 'column' ? [text] : [])))];
}

function significant(expression: string): Piece[] {
  const pieces: Piece[] = [];
  for (const { groups, index, 0: text } of expression.matchAll(PIECES)) {
    const [kind] = Object.entries(groups!).find(([, found]) => found !== undefined)!;
    if (kind === 'space') continue;
    const comment = kind === 'operator' && /--|\/\*/.test(text);
    if (comment) throw new ContractError(`"${text}" begins a comment; the expression can not have any`);
    if (kind === 'other' || (kind === 'operator' && !OPERATORS.has(text)))
      throw new ContractError(strange(text, index));
    const piece: Piece = {
      kind: kind as Piece['kind'],
      text: kind === 'word' ? text.toLowerCase() : text,
      start: index,
      end: index + text.length,
    };
    checkNeighbour(piece, pieces.at(-1));
    pieces.push(piece);
  }
  return pieces;
}

function strange(text: string, index: number): string {
  const where = `${JSON.stringify(text)} at character ${index + 1} has no place in an expression`;
  if (text === "'") return `the text that begins at character ${index + 1} does not end`;
  if (text === '"') return `${where}: columns stand without quotes, texts in single quotes`;
  if (text === ';') return `${where}: it is one condition and no statement`;
  if (text === '==') return `${where}: equality is a single =`;
  return /^[-+*/%=<>!|]{2,}$/.test(text) ? `${where}: put spaces between operators` : where;
}

/** `e'…'`, `x'…'` and `1abc` have meanings of their own in SQL. */
function checkNeighbour(piece: Piece, before: Piece | undefined): void {
  if (!before || before.end !== piece.start || piece.kind === 'operator' || before.kind === 'operator') return;
  throw new ContractError(`"${before.text}" and "${piece.text}" at character ${piece.start + 1} need a space between`);
}

/** Whether the word is a column; throws if it is nothing that may stand there. */
function wordIsColumn(pieces: Piece[], index: number, known: ReadonlySet<string>): boolean {
  const [{ text: word }, before, next] = [pieces[index]!, pieces[index - 1], pieces[index + 1]];
  if (before?.text === 'as' && before.kind === 'word') {
    if (TYPES.has(word)) return false;
    throw new ContractError(`"${word}" is no type; possible are ${[...TYPES].join(', ')}`);
  }
  if (isUnit(pieces, index)) {
    if (UNITS.has(word)) return false;
    throw new ContractError(`"${word}" is no unit of time; possible are ${[...UNITS].join(', ')}`);
  }
  if (next?.text === '(' && !BEFORE_BRACKET.has(word)) {
    if (FUNCTIONS.has(word)) return false;
    throw new ContractError(`"${word}" is no function that can be used; possible are ${[...FUNCTIONS].join(', ')}`);
  }
  if (word === 'date' || word === 'timestamp') checkTimeLiteral(word, next);
  if (word === 'escape') checkEscape(before, next);
  if (KEYWORDS.has(word)) return false;
  if (known.has(word)) return true;
  if (/^(?:select|with|exists|over|union|any|all)$/.test(word)) {
    throw new ContractError(`"${word}" has no place in an expression, which sees one row and no table`);
  }
  throw new ContractError(`"${word}" is no column of this contract`);
}

/** `extract(UNIT from …)` or `interval 3 UNIT`. */
function isUnit(pieces: Piece[], index: number): boolean {
  const [two, one] = [pieces[index - 2], pieces[index - 1]];
  const isWord = (piece: Piece | undefined, text: string) => piece?.kind === 'word' && piece.text === text;
  if (isWord(two, 'extract') && one?.text === '(') return true;
  return (
    isWord(two, 'interval') && (one?.kind === 'number' || one?.kind === 'string') && UNITS.has(pieces[index]!.text)
  );
}

function checkTimeLiteral(word: 'date' | 'timestamp', next: Piece | undefined): void {
  if (next?.kind !== 'string') throw new ContractError(`${word} must be followed by a text like '2025-01-31'`);
  const text = next.text.slice(1, -1);
  const full = word === 'date' ? text : `${text.replace(' ', 'T').replace(/Z$/, '')}Z`;
  if (!valueProblem(full, { kind: word })) return;
  const like = word === 'date' ? "'2025-01-31'" : "'2025-01-31 23:59:59'";
  throw new ContractError(`${word} ${next.text} is none; it reads like ${like}`);
}

/** A mark of several characters, or one that ends a pattern, fails the whole query and not just a row. */
function checkEscape(pattern: Piece | undefined, mark: Piece | undefined): void {
  const [text, character] = [pattern, mark].map((piece) =>
    piece?.kind === 'string' ? piece.text.slice(1, -1).replaceAll("''", "'") : undefined,
  );
  if (text === undefined || character === undefined || !/^[ -~]$/.test(character)) {
    throw new ContractError(
      "escape must stand between two texts, like '10!%' escape '!', of which the second is one ASCII character",
    );
  }
  let at = text.indexOf(character);
  while (at >= 0 && at < text.length - 1) at = text.indexOf(character, at + 2);
  if (at >= 0) throw new ContractError(`the pattern ${pattern!.text} ends with its escape character`);
}

function checkBrackets(pieces: Piece[]): void {
  let depth = 0;
  for (const { text, kind, start } of pieces) {
    if (kind !== 'operator') continue;
    depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    if (depth < 0) throw new ContractError(`the bracket ")" at character ${start + 1} was not opened`);
  }
  if (depth > 0) throw new ContractError('a bracket "(" is not closed');
}
