import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvField, csvFields, type Dialect } from '../../../core/validation/csv.ts';

const dialects = fc.constantFrom<Dialect>(
  { delimiter: ',', quote: '"' },
  { delimiter: ';', quote: "'" },
  { delimiter: '\t', quote: '"' },
  { delimiter: ',', quote: null },
);
const unit = fc.constantFrom('"', '"', "'", ',', ';', '\t', '\n', '\r', ' ', 'a', '😀');

describe('csvFields', () => {
  it('ends on any text, however damaged, and leaves nothing out but quotes and delimiters', () => {
    fc.assert(
      fc.property(fc.string({ unit }), dialects, (record, dialect) => {
        const kept = (text: string) =>
          [...text].filter((char) => char !== dialect.delimiter && char !== dialect.quote).join('');

        const fields = csvFields(record, dialect);

        expect(kept(fields.join(''))).toBe(kept(record));
        expect(fields.length).toBeLessThanOrEqual(record.split(dialect.delimiter).length);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['"', ['']],
    ['"a', ['a']],
    ['"a,b', ['a,b']],
    ['"a"b,c', ['ab', 'c']],
    ['"a""', ['a"']],
    ['x,"', ['x', '']],
    ['"a",', ['a', '']],
  ])('reads %j, damaged or at the edge, as %j', (record, fields) => {
    expect(csvFields(record)).toEqual(fields);
  });

  it('gives back what csvField wrote', () => {
    const quoted = fc.constantFrom({ delimiter: ',', quote: '"' }, { delimiter: ';', quote: "'" });
    fc.assert(
      fc.property(fc.array(fc.string({ unit }), { minLength: 1 }), quoted, (fields, dialect) => {
        const record = fields.map((field) => csvField(field, dialect)).join(dialect.delimiter);

        expect(csvFields(record, dialect)).toEqual(fields);
      }),
    );
  });
});
