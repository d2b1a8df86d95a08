import { describe, expect, it } from '@jest/globals';
import { FileRejectedError } from '../../../core/errors.ts';
import { recogniseFormat } from '../../../core/validation/recognise.ts';

const of = (text: string) => recogniseFormat(Buffer.from(text, 'latin1'));

describe('recogniseFormat', () => {
  it.each([
    ['id,name\n1,2\n', 'csv'],
    ['ORCHARD,id\n', 'csv'],
    ['BZh_id,id\n', 'csv'],
    ['{"id":1}\n', 'jsonl'],
    ['\xef\xbb\xbf \n{"id":1}\n', 'jsonl'],
    ['"{",b\n', 'csv'],
    ['<b,a\n', 'csv'],
  ])('tells %j by its content: %s', (text, format) => {
    expect(of(text)).toBe(format);
  });

  it.each([
    ['%PDF-1.7\n%\xe2\xe3', 'a PDF'],
    ['PK\x03\x04\x14\0', 'a ZIP'],
    ['PAR1\x15\x04', 'a Parquet file'],
    ['ORC\x08\x03', 'an ORC file'],
    ['BZh91AY&SY\x8f', 'bzip2'],
    ['<?xml version="1.0"?>', 'HTML or XML'],
    ['[\n {"id":1}]', 'a JSON array'],
  ])('refuses %j and says what it looks like', (text, what) => {
    expect(() => of(text)).toThrow(FileRejectedError);
    expect(() => of(text)).toThrow(what);
  });
});
