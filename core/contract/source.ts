import { type Document, isMap, isNode, isPair, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { z } from 'zod';

export type Path = readonly (string | number)[];

export interface Problem {
  line: number;
  column: number;
  reason: string;
}

/** A contract's text with the places of its parts, and the problems found in it so far. */
export interface Source {
  value: unknown;
  problems: Problem[];
  /** Notes a problem at the part that `path` leads to, or at the nearest part around it that exists. */
  report(path: Path, reason: string): void;
  /**
   * Parses a part by a closed schema. Every issue is reported, one with the part itself under `name` if it is
   * given; unknown fields alone do not stop the parse.
   */
  check<T extends z.ZodType>(schema: T, value: unknown, path: Path, name?: string): z.infer<T> | undefined;
}

export function readSource(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: Problem[] = [];
  const at = (offset: number, reason: string): void => {
    const { line, col } = lines.linePos(offset);
    problems.push({ line, column: col, reason });
  };
  // Behind the first mistake in its syntax the rest of a text is rarely read as it was meant.
  const faults = [...document.errors, ...document.warnings];
  for (const fault of faults.filter(({ code }, index) => index === 0 || code === 'DUPLICATE_KEY')) {
    at(fault.pos[0], `not valid YAML: ${fault.message}`);
  }
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== 'string' || (node.value.isWellFormed() && !node.value.includes('\0'))) return;
      at(
        startOf(node),
        `${JSON.stringify(node.value)} holds a character that no text may hold (NUL or half of a surrogate pair)`,
      );
    },
  });

  const report = (path: Path, reason: string): void => at(offsetOf(document, path), reason);
  const check = <T extends z.ZodType>(schema: T, value: unknown, path: Path, name?: string) => {
    const parsed = schema.safeParse(value, { reportInput: true });
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const place = [...path, ...issue.path] as Path;
      const called = issue.path.some((part) => typeof part === 'string') ? nameOf(place) : (name ?? nameOf(place));
      if (issue.code !== 'unrecognized_keys') report(place, `${called}: ${reasonOf(issue)}`);
      else for (const key of issue.keys) report([...place, key], `unknown field "${key}"`);
    }
    return schema.safeParse(withoutUnknown(value, parsed.error.issues)).data;
  };
  return { value: problems.length ? undefined : document.toJS(), problems, report, check };
}

function reasonOf(issue: z.core.$ZodIssue): string {
  const isAbsent = (issue.code === 'invalid_type' || issue.code === 'invalid_value') && issue.input === undefined;
  return isAbsent ? 'is missing' : issue.message;
}

const nameOf = (path: Path): string => path.filter((part) => typeof part === 'string').at(-1) ?? 'the contract';

function withoutUnknown(value: unknown, issues: z.core.$ZodIssue[]): unknown {
  const copy = structuredClone(value);
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    let part = copy as Record<PropertyKey, unknown>;
    for (const step of issue.path) part = part[step] as Record<PropertyKey, unknown>;
    for (const key of issue.keys) delete part[key];
  }
  return copy;
}

function offsetOf(document: Document, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && String(item.key) === key);
      // A problem with a value is shown at its field's name, which is where the reader looks.
      if (pair && isNode(pair.key)) return startOf(pair.key);
    }
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node)) return startOf(node);
  }
  return isNode(document.contents) ? startOf(document.contents) : 0;
}

const startOf = (node: Node): number => node.range?.[0] ?? 0;
