import type { Truth } from './generate.ts';

/** What a contender says about a file. */
export interface Found {
  accepted: number;
  rejected: number;
  /** Undefined if it does not look for duplicates: then they count as accepted. */
  lost?: number;
  reasons: Record<string, number>;
  /** Milliseconds by stage. */
  laps?: Record<string, number>;
}

/** Undefined if a contender found exactly what was planted. */
export function difference(found: Found, truth: Truth): string | undefined {
  const accepted = found.lost === undefined ? truth.accepted + truth.lost : truth.accepted;
  const expected: [string, number, number][] = [
    ['accepted', found.accepted, accepted],
    ['rejected', found.rejected, truth.rejected],
    ['lost', found.lost ?? truth.lost, truth.lost],
  ];
  for (const reason of new Set([...Object.keys(truth.reasons), ...Object.keys(found.reasons)])) {
    expected.push([reason, found.reasons[reason] ?? 0, truth.reasons[reason] ?? 0]);
  }
  const wrong = expected.filter(([, is, should]) => is !== should);
  return wrong.length === 0 ? undefined : wrong.map(([name, is, should]) => `${name} ${is}, not ${should}`).join('; ');
}

export function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
