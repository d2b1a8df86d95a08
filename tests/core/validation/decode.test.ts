import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Encoding } from '../../../core/contract/dataset.ts';
import { decoderOf, encodingOf } from '../../../core/validation/decode.ts';

function decode(encoding: Encoding, bytes: Uint8Array, sizes = [bytes.length || 1]): Buffer {
  const decoder = decoderOf(encoding);
  const parts: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    parts.push(Buffer.from(decoder.write(bytes.subarray(at, at + size))));
    at += size;
  }
  return Buffer.concat([...parts, decoder.end()]);
}

const utf16 = (encoding: Encoding, text: string) => {
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
};
const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

describe('encodingOf', () => {
  const orders = ['utf-16le', 'utf-16be'] as const;

  it.each(orders)('says that text without a mark is in %s, whatever other characters are among it', (encoding) => {
    // One character after each word may have the NUL that tells in its other byte.
    const other = fc.constantFrom('\u{1f600}', 'Ā', '一', '€', 'я', 'b');
    const heads = fc.array(fc.tuple(fc.constantFrom('order_id', 'größe,id', 'amount,', 'n,status\n'), other), {
      minLength: 4,
    });
    fc.assert(
      fc.property(heads, (parts) => {
        const bytes = utf16(encoding, parts.flat().join(''));

        expect(() => encodingOf(bytes, 'utf-8')).toThrow(`the text looks like ${encoding} without a byte order mark`);
        expect(encodingOf(bytes, encoding)).toBe(encoding);
      }),
    );
  });

  it('knows UTF-16BE by a header with an emoji that ends in a NUL', () => {
    const bytes = utf16('utf-16be', '\u{1f600}order_id,status\n1,paid\n');

    expect(() => encodingOf(bytes, 'utf-8')).toThrow('looks like utf-16be');
  });

  it('takes bytes that are NULs throughout, or here and there, for no UTF-16', () => {
    expect(encodingOf(Buffer.alloc(64), 'utf-8')).toBe('utf-8');
    expect(encodingOf(Buffer.from('a,b\n\0\0,\0c\n1,\x002\n'), 'utf-8')).toBe('utf-8');
  });
});

describe('decoderOf', () => {
  it('passes UTF-8 without copying it', () => {
    const chunk = Buffer.from('\ufeffé\xff', 'latin1');

    expect(decoderOf('utf-8').write(chunk)).toBe(chunk);
  });

  it.each(['utf-16le', 'utf-16be'] as const)('decodes any text in %s, cut into chunks anywhere', (encoding) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), sizes, (text, hasMark, cut) => {
        fc.pre(!text.startsWith('\ufeff'));

        const decoded = decode(encoding, utf16(encoding, (hasMark ? '\ufeff' : '') + text), cut);

        expect(decoded.toString()).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['utf-16le', 'utf-16be'] as const)(
    'makes invalid UTF-8 of halves of pairs in %s, and of nothing else',
    (encoding) => {
      const unit = fc.constantFrom('a', 'é', '€', '😀', '\ud83d', '\ude00', '\n');
      fc.assert(
        fc.property(fc.array(unit), fc.boolean(), sizes, (units, isOdd, cut) => {
          const text = units.join('');
          const bytes = utf16(encoding, text);

          const decoded = decode(encoding, isOdd ? Buffer.concat([bytes, Buffer.of(0x41)]) : bytes, cut);

          const lines = decoded.toString('latin1').split('\n');
          const expected = text.split('\n');
          expect(lines.map((line) => isUtf8(Buffer.from(line, 'latin1')))).toEqual(
            expected.map((line, index) => line.isWellFormed() && !(isOdd && index === expected.length - 1)),
          );
        }),
        { numRuns: 1000 },
      );
    },
  );

  it.each([
    ['windows-1252', 'windows-1252'],
    ['iso-8859-1', undefined],
  ] as const)('decodes every byte of %s', (encoding, label) => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

    const decoded = [...bytes].map((byte) => decode(encoding, Buffer.of(byte)));

    const known = [...bytes].filter((byte) => !label || ![0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte));
    for (const byte of known) {
      const char = label ? new TextDecoder(label).decode(Buffer.of(byte)) : String.fromCharCode(byte);
      expect([byte, decoded[byte]!.toString()]).toEqual([byte, char]);
    }
    for (const byte of bytes) if (!known.includes(byte)) expect(isUtf8(decoded[byte]!)).toBe(false);
    expect(decode(encoding, bytes, [3, 5])).toEqual(Buffer.concat(decoded));
  });
});
