import { describe, expect, it } from '@jest/globals';
import type { Encoding } from '../../../core/contract/dataset.ts';
import { FileRejectedError } from '../../../core/errors.ts';
import { compressionOf, recognise } from '../../../core/validation/recognise.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('recognise', () => {
  it.each([
    ['id,name\n1,2\n', 'csv'],
    ['ORCHARD,id\n', 'csv'],
    ['PAR1,id\n', 'csv'],
    ['BZh_id,id\n', 'csv'],
    ['[id],[full name]\n', 'csv'],
    ['{"id":1}\n', 'jsonl'],
    ['\xef\xbb\xbf \n{"id":1}\n', 'jsonl'],
    ['[{"id":1}]', 'json'],
    ['\xef\xbb\xbf\n[\n]', 'json'],
    ['[null]', 'json'],
    ['"{",b\n', 'csv'],
    ['<b,a\n', 'csv'],
    ['PAR1\x15\x04\x15\x10', 'parquet'],
  ])('tells %j by its content: %s', (text, format) => {
    expect(recognise(latin1(text)).format).toBe(format);
  });

  it.each([
    ['%PDF-1.7\n%\xe2\xe3', 'a PDF'],
    ['PK\x03\x04\x14\0', 'a ZIP'],
    ['ORC\x08\x03', 'an ORC file'],
    ['BZh91AY&SY\x8f', 'bzip2'],
    ['\xff\xfe\0\0a\0\0\0', 'UTF-32'],
    ['<?xml version="1.0"?>', 'HTML or XML'],
  ])('refuses %j and says what it looks like', (text, what) => {
    expect(() => recognise(latin1(text))).toThrow(FileRejectedError);
    expect(() => recognise(latin1(text))).toThrow(what);
  });

  it.each<[string, Buffer, Encoding | undefined, Encoding]>([
    ['UTF-8', Buffer.from('id,é\n'), undefined, 'utf-8'],
    ['what the contract says', latin1('id,\xe9\n'), 'windows-1252', 'windows-1252'],
    ['a UTF-8 mark before what the contract says', Buffer.from('\ufeffid\n'), 'iso-8859-1', 'utf-8'],
    ['a UTF-16LE mark', Buffer.from('\ufeffid\n', 'utf16le'), undefined, 'utf-16le'],
    ['a UTF-16BE mark', utf16be('\ufeffid\n'), 'utf-16le', 'utf-16be'],
    ['UTF-16LE without a mark if stated', Buffer.from('id,name\n', 'utf16le'), 'utf-16le', 'utf-16le'],
    ['UTF-16BE without a mark if stated', utf16be('名前,id\n'), 'utf-16be', 'utf-16be'],
  ])('tells the encoding: %s', (_, head, stated, encoding) => {
    expect(recognise(head, stated)).toEqual({ format: 'csv', encoding });
  });

  it('tells JSON in UTF-16', () => {
    expect(recognise(utf16be('\ufeff [{"a":1}]'))).toEqual({ format: 'json', encoding: 'utf-16be' });
  });

  it.each<[Buffer, Encoding, RegExp]>([
    [Buffer.from('id,name\n', 'utf16le'), 'utf-8', /looks like utf-16le.*file: \{ encoding: utf-16le \}/],
    [utf16be('id,name\n'), 'utf-16le', /looks like utf-16be/],
    [utf16be('{"id":1}\n'), 'windows-1252', /looks like utf-16be/],
    [Buffer.from('id,name\n'), 'utf-16le', /says that files are in utf-16le, and this one is not/],
  ])('refuses an encoding that the contract does not state (%#)', (head, stated, message) => {
    expect(() => recognise(head, stated)).toThrow(message);
  });
});

describe('compressionOf', () => {
  it('knows gzip, zstd and its skippable frames, and nothing else', () => {
    const heads = ['\x1f\x8b\x08', '\x28\xb5\x2f\xfd', '\x5a\x2a\x4d\x18', 'PAR1', '', '\x1f'];

    expect(heads.map((head) => compressionOf(latin1(head)))).toEqual([
      'gzip',
      'zstd',
      'zstd',
      undefined,
      undefined,
      undefined,
    ]);
  });
});
