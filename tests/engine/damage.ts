import fc from 'fast-check';

type Hit =
  | { kind: 'replace' | 'insert'; at: number; piece: string }
  | { kind: 'delete'; at: number; size: number }
  | { kind: 'truncate'; at: number }
  | { kind: 'swap'; at: number; with: number };

export interface Damage {
  /** The header line is left as it is. */
  sparesHeader: boolean;
  hits: Hit[];
}

const at = fc.nat(99_999);
const piece = fc.constantFrom(
  '"',
  "'",
  '\n',
  '\r',
  '\r\n',
  ',',
  ';',
  '\t',
  '|',
  '\0',
  '\xff',
  '\xc3',
  '\xd8',
  'x',
  ' ',
  '{',
  '}',
  '[',
  ']',
  '\\',
  ':',
  '""',
  '\n\n',
  '",',
  '\xef\xbb\xbf',
);

export const damages: fc.Arbitrary<Damage> = fc.record({
  sparesHeader: fc.boolean(),
  hits: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant<'replace'>('replace'), at, piece }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant<'insert'>('insert'), at, piece }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant<'delete'>('delete'), at, size: fc.integer({ min: 1, max: 9 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant<'truncate'>('truncate'), at }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant<'swap'>('swap'), at, with: at }) },
    ),
    { minLength: 1, maxLength: 5 },
  ),
});

/** The bytes after some hits, each at a place that depends on nothing but the damage and the length. */
export function damaged(bytes: Buffer, { hits, sparesHeader }: Damage, headerBytes: number): Buffer {
  const kept = sparesHeader ? headerBytes : 0;
  const head = bytes.subarray(0, kept).toString('latin1');
  const body = hits.reduce(hitOnce, bytes.subarray(kept).toString('latin1'));
  return Buffer.from(head + body, 'latin1');
}

function hitOnce(text: string, hit: Hit): string {
  const place = hit.at % (text.length + 1);
  const before = text.slice(0, place);
  switch (hit.kind) {
    case 'replace':
      return before + hit.piece + text.slice(place + hit.piece.length);
    case 'insert':
      return before + hit.piece + text.slice(place);
    case 'delete':
      return before + text.slice(place + hit.size);
    case 'truncate':
      return before;
    case 'swap': {
      const lines = text.split('\n');
      const [one, other] = [hit.at % lines.length, hit.with % lines.length];
      [lines[one], lines[other]] = [lines[other]!, lines[one]!];
      return lines.join('\n');
    }
  }
}
