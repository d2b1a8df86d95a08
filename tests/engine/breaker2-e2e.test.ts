import { describe, expect, it } from '@jest/globals';
import { column, dataset, validate } from './validation.ts';
const of = (file: object, more: object = {}) => dataset({ columns: [column('id', { kind: 'string' }), column('v', { kind: 'string' }), column('w', { kind: 'string' })], key: [], versionColumns: [], partition: undefined, drift: 'rescue', file, maxRejectPercent: 100, ...more } as never);
const odd = [...Array.from({ length: 31 }, (_, i) => String.fromCharCode(i + 1)), '\\N', 'NULL', 'null', '\u0085', '\u2028', '\u2029', '\ufeff', "'", '#', '\\', '\x7f', 'NaN', '""""', ' "q" ', '# comment'].filter((t) => !/[\n]/.test(t));
describe('odd values', () => {
  it.each([[',', '"'], [';', "'"], ['\t', '"'], ['|', null], [',', null], ['~', '"'], ['\x1f', null], ['\x1e', '"'], [' ', '"']] as const)('delim %j quote %j', async (d, q) => {
    const items = odd.flatMap((t) => [t, `${t}x`, `x${t}`, `${t}${t}`]).filter((t) => !t.includes(d) && !/\r$/.test(t) || q !== null).map((t) => t.replaceAll('\n', ''));
    const usable = items.filter((t) => q !== null || !t.includes(d));
    const w = (t: string) => (q === null ? t : q + t.replaceAll(q, q + q) + q);
    const text = ['id', 'v', 'w'].join(d) + '\n' + usable.map((t, i) => [`i${i}`, w(t), 'z'].join(d)).join('\n') + '\n';
    const out = await validate(text, of({ delimiter: d, quote: q }));
    expect(out.rejects).toEqual([]);
    expect(out.rows.map((r) => r.v)).toEqual(usable);
  });
  it('missing column that only warns', async () => {
    const out = await validate('id,w\n1,2\n', of({}, { columns: [column('id', { kind: 'string' }), column('v', { kind: 'string' }, { required: true, warnings: ['required'] }), column('w', { kind: 'string' })] }));
    expect(out.profile.warnings).toEqual({ 'v.required': 1 });
    expect(out.rows.length).toBe(1);
  });
});
