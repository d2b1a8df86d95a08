import { describe, expect, it } from '@jest/globals';
import { RAW_BYTES, rawText } from '../../../core/validation/raw-text.ts';

describe('rawText', () => {
  it('gives sound text back without the line ends behind it', () => {
    expect(rawText(Buffer.from('a,"b\r\nc",é😀\r\n\r\n'))).toBe('a,"b\r\nc",é😀');
  });

  it('shows bytes that are no text, one by one', () => {
    const bytes = Buffer.concat([Buffer.from('é'), Buffer.from([0xc3, 0x28, 0xff, 0xf0, 0x9f, 0]), Buffer.from('€\n')]);

    expect(rawText(bytes)).toBe('é\\xC3(\\xFF\\xF0\\x9F\\x00€');
  });

  it('keeps the beginning of a very long record and says how long it was', () => {
    const text = rawText(Buffer.alloc(RAW_BYTES, 'x'), 20_000_000);

    expect(text).toBe(`${'x'.repeat(RAW_BYTES)}… (the first ${RAW_BYTES} of 20000000 bytes)`);
  });

  it('ends before the line end of the record and the blank lines behind it, and keeps what else there is', () => {
    const texts = ['a,b\r\n\r\n', 'a,b\n\n', 'a,b\r\r', 'a,b\r\r\n', '\r\r\n', 'a,b'].map((text) =>
      rawText(Buffer.from(text)),
    );

    expect(texts).toEqual(['a,b', 'a,b', 'a,b', 'a,b\r', '\r', 'a,b']);
  });
});
