import { describe, expect, it } from '@jest/globals';
import { column, dataset, failure, validate } from './validation.ts';

/** What lenient readers, DuckDB's own among them, get wrong without a word; each was seen. */
const texts = dataset({
  columns: [column('id', { kind: 'string' }, { required: true }), column('note', { kind: 'string' })],
});

const ids = async (content: string | Uint8Array, of = texts, more = {}) => {
  const { rows, rejects, counts } = await validate(content, of, more);
  expect(counts.in).toBe(counts.accepted + counts.rejected + counts.duplicate + counts.superseded);
  return {
    accepted: rows.map(({ id }) => id),
    rejected: rejects.map(({ record, reasons }) => `${record} ${reasons.map(({ rule }) => rule).join(' ')}`),
  };
};

describe('validateFile does not fall into the trap that', () => {
  it('an unterminated quote makes a strict reader drop rows with no reject', async () => {
    expect(await ids('id,note\na,1\nb,"open\nc,3\nd,4\n')).toEqual({
      accepted: ['a', 'c', 'd'],
      rejected: ['2 unterminated_quote'],
    });
  });

  it('mixed line ends throw away the whole file', async () => {
    expect(await ids('id,note\r\na,1\nb,2\r\nc,3\n')).toEqual({ accepted: ['a', 'b', 'c'], rejected: [] });
  });

  it('a trailing delimiter is taken for nothing', async () => {
    expect(await ids('id,note\na,1,\nb,2\n')).toEqual({ accepted: ['b'], rejected: ['1 too_many_fields'] });
  });

  it('spaces around quotes are trimmed', async () => {
    const { rows, rejects } = await validate('id,note\na, "q"\nb,"q" \nc," q "\n', texts);

    expect(rows.map(({ id, note }) => [id, note])).toEqual([
      ['a', ' "q"'],
      ['c', ' q '],
    ]);
    expect(rejects.map(({ raw }) => raw)).toEqual(['b,"q" ']);
  });

  it('invalid bytes are replaced', async () => {
    const { rejects } = await validate(Buffer.from('id,note\na,caf\xe9\nb,2\n', 'latin1'), texts);

    expect(rejects).toMatchObject([{ record: 1, raw: 'a,caf\\xE9', reasons: [{ rule: 'invalid_utf8' }] }]);
  });

  it('a parallel reader cuts long fields of many lines into rows', async () => {
    const note = Array.from({ length: 30_000 }, (_, line) => `line ${line}, "not a row",x`).join('\n');
    const csv = Array.from({ length: 20 }, (_, index) => `k${index},"${note.replaceAll('"', '""')}"\n`).join('');

    const { rows } = await validate(`id,note\n${csv}`, texts, { threads: 4 });

    expect(rows).toHaveLength(20);
    expect(rows.every((row) => row.note === note)).toBe(true);
  });

  it('a table of rejects ends at a limit, or cuts their texts', async () => {
    const long = 'x'.repeat(50_000);
    const csv = Array.from({ length: 3000 }, (_, index) => `,${index}\n`).join('');

    const { rejects } = await validate(`id,note\n,${long}\n${csv}`, texts);

    expect(rejects).toHaveLength(3001);
    expect(rejects[0]!.raw).toBe(`,${long}`);
  });

  it('the order of the header is ignored', async () => {
    const { rows } = await validate('note,id\n1,a\n', texts);

    expect(rows).toMatchObject([{ id: 'a', note: '1' }]);
  });

  it('a file without a header loses its first row', async () => {
    const error = await failure(validate('a,1\nb,2\n', texts));
    const stated = await ids('a,1\nb,2\n', { ...texts, file: { header: false } });

    expect(error.message).toMatch(/required column missing: id\..*header: false/);
    expect(stated.accepted).toEqual(['a', 'b']);
  });

  it('title lines and rows that look like comments are dropped', async () => {
    const title = await failure(validate('Report of May\n\nid,note\na,1\n', texts));

    expect(title.message).toMatch(/The header found is: Report of May/);
    expect(await ids('id,note\n#a,1\n//b,2\n-- c,3\n')).toEqual({ accepted: ['#a', '//b', '-- c'], rejected: [] });
  });

  it('a quoted empty text is another thing than none', async () => {
    expect(await ids('id,note\n"",1\n,2\na,""\n')).toEqual({ accepted: ['a'], rejected: ['1 required', '2 required'] });
  });

  it('spellings of null become null', async () => {
    const { rows } = await validate('id,note\nNULL,\\N\nnull,NA\n', texts);

    expect(rows.map(({ id, note }) => [id, note])).toEqual([
      ['NULL', '\\N'],
      ['null', 'NA'],
    ]);
  });

  it.each([' 1 ', '1.5', '1e3', '1_000', '0x10', 'epoch', '१'])('a cast takes %j for a whole number', async (text) => {
    const whole = dataset({ columns: [column('id', { kind: 'string' }), column('n', { kind: 'int' })] });

    const { rejects } = await validate(`id,n\na,${text}\n`, whole);

    expect(rejects).toMatchObject([{ reasons: [{ column_name: 'n', rule: 'type', value: text }] }]);
  });

  it('a cast drops the offset of a time', async () => {
    const timed = dataset({ columns: [column('id', { kind: 'string' }), column('at', { kind: 'timestamp' })] });

    const { rows } = await validate('id,at\na,2025-01-01T00:00:00+02:00\n', timed);

    expect(rows[0]!.at).toBe(String(Date.parse('2024-12-31T22:00:00Z') * 1000));
  });

  it('lenient JSON takes trailing commas and NaN, and turns bad lines into rows of nulls', async () => {
    const lines = ['{"id":"a"}', '{"id":"b",}', '{"id":"c","note":NaN}', '{"id":"d","x":[1,]}', '{"id":"e"'];

    expect(await ids(lines.join('\n'))).toEqual({
      accepted: ['a'],
      rejected: ['2 invalid_json', '3 invalid_json', '4 invalid_json', '5 invalid_json'],
    });
  });

  it('a JSON number with an exponent is no number', async () => {
    const amounts = dataset({
      columns: [column('id', { kind: 'string' }), column('amount', { kind: 'decimal', precision: 12, scale: 7 })],
    });

    const { rows, rejects } = await validate(
      '{"id":"a","amount":1e-7}\n{"id":"b","amount":1E2}\n{"id":"c","amount":1e-9}\n',
      amounts,
    );

    expect(rows).toMatchObject([{ amount: '0.0000001' }, { amount: '100.0000000' }]);
    expect(rejects).toMatchObject([{ record: 3, reasons: [{ rule: 'type' }] }]);
  });

  it('a JSON number loses its digits', async () => {
    const { rows } = await validate('{"id":1.10,"note":12345678901234567890.00}\n', texts);

    expect(rows).toMatchObject([{ id: '1.10', note: '12345678901234567890.00' }]);
  });
});
