/** 16 MB, whatever is remembered. */
const bits = 2 ** 27;
/** A file id is a hash already: parts of it are as good as further hashes. */
const parts = [0, 7, 14, 21];
const partDigits = 7;

export interface Seen {
  add(fileId: string): void;
  has(fileId: string): boolean;
}

/**
 * Remembers file ids in a fixed space (a Bloom filter). What was added is always found; of what was not, less than one in
 * a billion is with 100,000 ids, and one in 200 with ten million.
 */
export function seenFiles(): Seen {
  const filter = new Uint8Array(bits / 8);
  const places = (fileId: string) =>
    parts.map((start) => Number.parseInt(fileId.slice(start, start + partDigits), 16) % bits);
  return {
    add(fileId) {
      for (const place of places(fileId)) filter[place >>> 3]! |= 1 << (place & 7);
    },
    has: (fileId) => places(fileId).every((place) => (filter[place >>> 3]! & (1 << (place & 7))) !== 0),
  };
}
