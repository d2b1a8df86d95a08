/** The pieces of an Athena statement that matter for rendering: what is text, a comment, a quoted name, or code. */
export interface Token {
  kind: 'string' | 'comment' | 'quoted' | 'placeholder' | 'parameter' | 'code';
  text: string;
  /** Offset of the token in the statement. */
  at: number;
}

const pattern =
  /(?<string>'(?:[^']|'')*')|(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)|(?<quoted>"(?:[^"]|"")*"|`[^`]*`)|\{(?<placeholder>[^{}]*)\}|(?<![:\w]):(?<parameter>[a-z][a-z0-9_]*)/g;

/** Splits a statement into tokens; joined, their texts are the statement again. Never throws. */
export function tokenise(sql: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of sql.matchAll(pattern)) {
    if (match.index > end) tokens.push({ kind: 'code', text: sql.slice(end, match.index), at: end });
    const kind = Object.entries(match.groups!).find(([, text]) => text !== undefined)![0] as Token['kind'];
    tokens.push({ kind, text: match[0], at: match.index });
    end = match.index + match[0].length;
  }
  if (end < sql.length) tokens.push({ kind: 'code', text: sql.slice(end), at: end });
  return tokens;
}
