/** A source of chance that gives the same from the same seed on any machine. */
export interface Random {
  /** From 0 up to but not including 1. */
  next(): number;
  /** A whole number between the two, both included. */
  int(min: number, max: number): number;
  bigint(min: bigint, max: bigint): bigint;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
  /** Letters of the alphabet, as many as lie between the two. */
  text(alphabet: readonly string[], min: number, max: number): string;
}

/** Mulberry32: 32 bits of state, good enough to plant rows with. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(items: readonly T[]): T => items[int(0, items.length - 1)]!;
  return {
    next,
    int,
    pick,
    bigint(min, max) {
      const wide = (BigInt(int(0, 2 ** 31)) << 40n) | (BigInt(int(0, 2 ** 31)) << 20n) | BigInt(int(0, 2 ** 20));
      return min + (wide % (max - min + 1n));
    },
    chance: (probability) => next() < probability,
    shuffle(items) {
      const rest = [...items];
      return items.map(() => rest.splice(int(0, rest.length - 1), 1)[0]!);
    },
    text: (alphabet, min, max) => Array.from({ length: int(min, max) }, () => pick(alphabet)).join(''),
  };
}
