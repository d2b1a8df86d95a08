import { describe, expect, it } from '@jest/globals';
import { column, dataset, validate } from './validation.ts';

describe('validateFile reads values', () => {
  it('as the contract says that a file writes them, and shows those it refuses as they were', async () => {
    const of = dataset({
      columns: [
        column('id', { kind: 'string' }, { required: true, standardise: { trim: true, case: 'upper' } }),
        column(
          'amount',
          { kind: 'decimal', precision: 12, scale: 2 },
          { decimalSeparator: ',', thousandsSeparator: '.' },
        ),
        column('day', { kind: 'date' }, { formats: ['dd.MM.yyyy', 'iso'] }),
        column('at', { kind: 'timestamp' }, { formats: ['dd.MM.yyyy HH:mm'], timeZone: 'Europe/Berlin' }),
        column(
          'status',
          { kind: 'string' },
          { standardise: { nulls: ['k.A.'], values: { offen: 'open' } }, enum: ['open'] },
        ),
      ],
    });
    const file = [
      'id;amount;day;at;status',
      ' a1 ;1.234,50;31.01.2025;01.07.2025 12:00;offen',
      'b;-0,5;2025-01-31;01.01.2025 12:00;k.A.',
      'c;1,2,3;30.02.2025;30.03.2025 02:30;zu',
    ].join('\n');

    const { rows, rejects } = await validate(file, { ...of, file: { delimiter: ';' } });

    expect(rows.map(({ id, amount, day, at, status }) => [id, amount, day, at, status])).toEqual([
      ['A1', '1234.50', '2025-01-31', '1751364000000000', 'open'],
      ['B', '-0.50', '2025-01-31', '1735729200000000', null],
    ]);
    expect(
      rejects.flatMap(({ reasons }) => reasons.map((reason) => [reason.column_name, reason.rule, reason.value])),
    ).toEqual([
      ['amount', 'type', '1,2,3'],
      ['day', 'type', '30.02.2025'],
      ['at', 'type', '30.03.2025 02:30'],
      ['status', 'enum', 'zu'],
    ]);
  });

  it('of JSON numbers with a point, and of JSON strings as the contract says', async () => {
    const of = dataset({
      columns: [
        column('id', { kind: 'string' }, { required: true }),
        column(
          'amount',
          { kind: 'decimal', precision: 12, scale: 3 },
          { decimalSeparator: ',', thousandsSeparator: '.' },
        ),
      ],
    });
    const file =
      '{"id":"a","amount":1.234}\n{"id":"b","amount":"1,5"}\n{"id":"c","amount":"1.234"}\n{"id":"d","amount":"1.5"}\n';

    const { rows, rejects } = await validate(file, of);

    expect(rows.map(({ amount }) => amount)).toEqual(['1.234', '1.500', '1234.000']);
    expect(rejects.map(({ record, reasons }) => [record, reasons[0]!.rule])).toEqual([[4, 'type']]);
  });

  it('and keeps spaces around a quoted field as what they are: damage, or part of the value', async () => {
    const { rows, rejects } = await validate('id,note\na, "q" \nb," q "\n', dataset());

    expect(rows.map(({ note }) => note)).toContain(' q ');
    expect(rows.length + rejects.length).toBe(2);
    expect(rows.map(({ note }) => note)).not.toContain('q');
  });
});
