import { describe, expect, it } from '@jest/globals';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { toldReasons } from '../../../core/validation/column-like.ts';
import { bindHeader } from '../../../core/validation/header.ts';
import { dataset } from '../silver/duck-silver.ts';

const plain = dataset('guests', { guest_id: 'string', name: 'string' }, { key: ['guest_id'] });
const personal: Dataset = {
  ...plain,
  columns: plain.columns.map((column) => ({ ...column, pii: column.name === 'name' })),
};
const record = ['G-1', 'Jane Doe', 'jane.doe@example.com', '+49 170 1234567'];
const refusal = (header: string[], of: Dataset): string => {
  try {
    bindHeader(header, of);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a header that is refused', () => {
  it.each([record, [...record, 'Jane Doe']])(
    'is not repeated where it may be a record with personal data: %j, %j, %j, …',
    (...header) => {
      const message = refusal(header, personal);

      expect(message).toMatch(/none of them a column of the contract/);
      expect(header.filter((cell) => message.includes(cell))).toEqual([]);
    },
  );

  it('is repeated where nothing is personal data, and where it is plainly a header', () => {
    expect(refusal(record, plain)).toContain('jane.doe@example.com');
    expect(refusal(['name', 'City of birth'], { ...personal, drift: 'reject' })).toContain('City of birth');
  });

  it('leaves out of a header of personal data what can be no name', () => {
    const message = refusal(['guest_id', 'name', 'jane.doe@example.com', '4917012345678'], {
      ...personal,
      drift: 'reject',
    });

    expect(message).toContain('guest_id, name, (left out), (left out)');
    expect(message).not.toMatch(/@|491/);
  });
});

describe('what rows were refused for', () => {
  it('is told without keys that may be personal data, a row at most once', () => {
    const reasons = {
      'name.required': 2,
      'a@b.example.unknown_column': 3,
      '+49 1.unknown_column': 3,
      'city.unknown_column': 1,
    };

    expect(toldReasons(personal, reasons, 5)).toEqual({
      ...{ 'name.required': 2, '(left out).unknown_column': 5, 'city.unknown_column': 1 },
    });
    expect(toldReasons(plain, reasons, 5)).toEqual(reasons);
  });
});
