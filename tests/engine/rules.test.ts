import { describe, expect, it } from '@jest/globals';
import { column, dataset, failure, validate } from './validation.ts';

const columns = [
  column('id', { kind: 'string' }, { required: true }),
  column('net', { kind: 'decimal', precision: 12, scale: 2 }),
  column('gross', { kind: 'decimal', precision: 12, scale: 2 }),
  column('mail', { kind: 'string' }, { format: 'email', warnings: ['format'] }),
];
const rule = {
  name: 'gross_covers_net',
  expression: 'gross >= net',
  columns: ['gross', 'net'],
  severity: 'error' as const,
  message: 'the gross amount must cover the net amount',
};

describe('validateFile checks rules', () => {
  it('across columns, and shows the values that they name', async () => {
    const of = dataset({ columns, rowRules: [rule] });

    const { rows, rejects, counts } = await validate('id,net,gross,mail\na,1.00,1.19,\nb,2,1.5,\nc,2,,\nd,x,1,\n', of);

    expect(rows.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(counts).toMatchObject({ in: 4, accepted: 2, rejected: 2 });
    expect(rejects.map(({ reasons }) => reasons)).toEqual([
      [
        {
          column_name: null,
          rule: 'gross_covers_net',
          value: '{"gross":"1.5","net":"2"}',
          message: 'the gross amount must cover the net amount, found {"gross":"1.5","net":"2"}',
        },
      ],
      [expect.objectContaining({ column_name: 'net', rule: 'type', value: 'x' })],
    ]);
  });

  it('without rejecting the rows that break one which only warns', async () => {
    const of = dataset({ columns, rowRules: [{ ...rule, severity: 'warning' }] });

    const { rows, rejects } = await validate('id,net,gross,mail\na,2,1,nobody\nb,1,2,ada@example.com\n', of);

    expect(rows.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(rejects).toEqual([]);
  });

  it('that no row can be checked against by saying so before a row is read', async () => {
    const unknown = dataset({ columns, rowRules: [{ ...rule, expression: 'nothing(gross)' }] });
    const number = dataset({ columns, rowRules: [{ ...rule, expression: 'gross + net' }] });

    const first = await failure(validate('id,net\na,1\n', unknown));
    const second = await failure(validate('id,net\na,1\n', number));

    expect([first.name, second.name]).toEqual(['ContractError', 'ContractError']);
    expect(first.message).toMatch(/the rule gross_covers_net can not be evaluated: .*nothing.* \(nothing\(gross\)\)$/);
    expect(second.message).toContain('it is DECIMAL(13,2) and not true or false (gross + net)');
  });

  it('of patterns that the engine can match, and says which it can not', async () => {
    const of = dataset({
      columns: [...columns, column('host', { kind: 'string' }, { pattern: '(?:[a-z]{1,63}[.]){1,63}' })],
    });

    const error = await failure(validate('id,net\na,1\n', of));

    expect(error.name).toBe('ContractError');
    expect(error.message).toMatch(/the engine can not match the pattern of host: .*repetition.* \(\(\?:\[a-z\]/);
  });

  it('in time zones that the engine knows, and says which it does not', async () => {
    const of = dataset({ columns: [...columns, column('at', { kind: 'timestamp' }, { timeZone: 'Mars/Olympus' })] });

    const error = await failure(validate('id,net\na,1\n', of));

    expect(error.name).toBe('ContractError');
    expect(error.message).toContain('the engine does not know the time zone Mars/Olympus of at');
  });
});
