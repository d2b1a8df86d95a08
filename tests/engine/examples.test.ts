import { expect, it } from '@jest/globals';
import { column, dataset, validate } from './validation.ts';

const columns = [
  column('id', { kind: 'string' }, { required: true }),
  column('amount', { kind: 'decimal', precision: 12, scale: 2 }),
  column('status', { kind: 'string' }, { enum: ['paid'] }),
  column('email', { kind: 'string' }, { pii: true, format: 'email' }),
];
const of = dataset({ columns });
const header = 'id,amount,status,email\n';

it('shows the values that are refused most often, and where the first is', async () => {
  const amounts = ['ten', 'n/a', '1.5', 'n/a', 'none', 'nil', 'n/a', 'none'];
  const content = header + amounts.map((amount, index) => `${index},${amount},paid,\n`).join('');

  const { profile } = await validate(content, of);

  expect(profile.examples).toEqual({
    'amount.type': [
      { value: 'n/a', rows: 3, record: 2, line: 3 },
      { value: 'none', rows: 2, record: 5, line: 6 },
      { value: 'ten', rows: 1, record: 1, line: 2 },
    ],
  });
});

it('shows no value of personal data', async () => {
  const { profile } = await validate(`${header}1,1,paid,jane\n2,2,paid,joe\n`, of);

  expect(profile.examples).toEqual({ 'email.format': [{ value: null, rows: 2, record: 1, line: 2 }] });
});

it('shows no value of a row whose fields are in the places of others', async () => {
  const content = `${header}1,paid,jane@example.com,7\n2,2,lost,\n3,3,,\n`;

  const { profile } = await validate(content, of);

  expect(profile.examples?.['status.enum']).toEqual([{ value: 'lost', rows: 1, record: 2, line: 3 }]);
  expect(profile.examples?.['amount.type']).toEqual([{ value: null, rows: 1, record: 1, line: 2 }]);
  expect(JSON.stringify(profile)).not.toContain('jane');
});

it('shows where a damaged record is, and nothing of it', async () => {
  const { profile } = await validate(`${header}1,1,paid,\n2,2,paid,jane@example.com,more\n`, of);

  expect(profile.examples).toEqual({ too_many_fields: [{ value: null, rows: 1, record: 2, line: 3 }] });
});

it('cuts long values and says so', async () => {
  const { profile } = await validate(`${header}1,1,${'x'.repeat(500)},\n`, of);

  expect(profile.examples?.['status.enum']?.[0]?.value).toBe(`${'x'.repeat(100)}…`);
});

it('has none of a file without rejects', async () => {
  const { profile } = await validate(`${header}1,1,paid,\n`, of);

  expect(profile.examples).toEqual({});
});
