/** Numbers that follow from a seed alone, so that the same seed gives the same file everywhere. */
export interface Random {
  /** 0 up to but not including 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  pick<T>(items: readonly T[]): T;
}

/** mulberry32 (github.com/cprosche/mulberry32, public domain) over an FNV-1a hash of the seed. */
export function randomFrom(seed: string): Random {
  let state = hashOf(seed);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return { next, whole, pick: (items) => items[whole(0, items.length - 1)]! };
}

/** Puts the items in another order. */
export function shuffle(items: unknown[], random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.whole(0, last);
    [items[last], items[other]] = [items[other], items[last]];
  }
}

/** Eight digits and capitals that stand for a seed. */
export function codeOf(seed: string): string {
  const [high, low] = [hashOf(seed), hashOf(`${seed}#`)].map((hash) => hash >>> 0);
  return (BigInt(high!) * 2n ** 32n + BigInt(low!)).toString(36).toUpperCase().padStart(8, '0').slice(-8);
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
