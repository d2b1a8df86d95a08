import { InvalidInputError } from '../errors.ts';
import { type Literal, literal } from './literals.ts';
import { tokenise } from './tokens.ts';

/** SQL that this program itself put together; the only text that goes into a statement as it is. */
export interface Fragment {
  fragment: string;
}

export interface Values {
  /** `{name}`: a table or column name (`a` or `a.b`, lower_snake), or a fragment. */
  identifiers?: Record<string, string | Fragment>;
  /** `:name`: a typed, escaped value. */
  literals?: Record<string, Literal>;
}

const identifierPattern = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/;

/** Checks a table or column name; throws InvalidInputError unless it is lower_snake, with at most one dot. */
export function identifier(name: string): string {
  if (!identifierPattern.test(name)) {
    throw new InvalidInputError(`not a table or column name (lower_snake): ${JSON.stringify(name)}`);
  }
  return name;
}

/**
 * Renders a statement: Athena takes no parameters in MERGE or DDL. `{name}` and `:name` are replaced in code only, never
 * inside a string, a quoted name or a comment; comments are left out. Throws InvalidInputError on a placeholder without
 * a value and on a value without a placeholder (identifiers in `optional` excepted).
 */
export function renderSql(text: string, values: Values, optional: readonly string[] = []): string {
  const identifiers = values.identifiers ?? {};
  const literals = values.literals ?? {};
  const unused = new Set([
    ...Object.keys(identifiers).map((name) => `{${name}}`),
    ...Object.keys(literals).map((name) => `:${name}`),
  ]);
  for (const name of optional) unused.delete(`{${name}}`);
  const rendered = tokenise(text).map((token) => {
    if (token.kind === 'comment') return '';
    if (token.kind !== 'placeholder' && token.kind !== 'parameter') return token.text;
    unused.delete(token.text);
    const name = token.text.replace(/[{}:]/g, '');
    const table = token.kind === 'placeholder' ? identifiers : literals;
    if (!Object.hasOwn(table, name)) {
      throw new InvalidInputError(`no value for ${token.text}; known: ${Object.keys(table).join(', ') || 'none'}`);
    }
    if (token.kind === 'parameter') return literal(literals[name] as Literal);
    const value = identifiers[name]!;
    return typeof value === 'string' ? identifier(value) : value.fragment;
  });
  if (unused.size > 0) throw new InvalidInputError(`values without a placeholder: ${[...unused].join(', ')}`);
  return rendered
    .join('')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{2,}/g, '\n')
    .trim();
}
