import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exitCodeOf, messageOf } from '../../../cli/exit.ts';
import { buildProgram } from '../../../cli/program.ts';
import { parseContract } from '../../../core/contract/parse.ts';

let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-infer-test-'));
  writeFileSync(at('refunds-2026-03.csv'), 'refund_id,email,amount\n1,ada@example.com,1.50\n2,bob@example.com,2.50\n');
  writeFileSync(at('2026.csv'), 'id,x\n1,2\n');
  writeFileSync(at('empty.csv'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void jest.restoreAllMocks());

/** Runs the command in this process, as `cli/main.ts` does. */
async function run(...args: string[]) {
  const written = { out: '', err: '' };
  for (const [stream, name] of [
    [process.stdout, 'out'],
    [process.stderr, 'err'],
  ] as const) {
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      written[name] += text;
      return true;
    });
  }
  try {
    await buildProgram().parseAsync(['node', 'tributary', 'infer', ...args]);
    return { ...written, code: 0, message: '' };
  } catch (error) {
    return { ...written, code: exitCodeOf(error), message: messageOf(error) };
  } finally {
    jest.restoreAllMocks();
  }
}

describe('tributary infer', () => {
  it('writes the contract to standard output and nothing else there', async () => {
    const { out, err, code } = await run(at('refunds-2026-03.csv'));

    const contract = parseContract(out, 'refunds.odcs.yaml');
    expect(code).toBe(0);
    expect(contract).toMatchObject({ name: 'refunds', key: ['refund_id'] });
    expect(contract.columns[1]).toMatchObject({ pii: true, format: 'email' });
    expect(out).not.toContain('ada@');
    expect(err).toContain("the sample's 2 rows: 2 accepted, 0 rejected");
    expect(err).toContain('3 places marked TODO');
  });

  it('writes it to a file of its name, and never over another', async () => {
    const first = await run(at('refunds-2026-03.csv'), '--out', folder);
    const again = await run(at('refunds-2026-03.csv'), '--out', folder);

    const path = at('refunds.odcs.yaml');
    expect(first.out).toMatch(/refund_id\tbigint\tkey, required\t/);
    expect(parseContract(readFileSync(path, 'utf8'), path).name).toBe('refunds');
    expect(again).toMatchObject({ code: 2, message: expect.stringContaining('refunds.odcs.yaml is there already') });
  });

  it('gives all of it as JSON', async () => {
    const { out } = await run(at('refunds-2026-03.csv'), '--dataset', 'paybacks', '--json');

    const json = JSON.parse(out);
    expect(json).toMatchObject({ dataset: 'paybacks', counts: { accepted: 2 }, key: { columns: ['refund_id'] } });
    expect(json.columns.map(({ name, type }: { name: string; type: string }) => [name, type])).toEqual([
      ['refund_id', 'bigint'],
      ['email', 'string'],
      ['amount', 'decimal(12,2)'],
    ]);
    expect(parseContract(json.contract, 'paybacks.odcs.yaml').name).toBe('paybacks');
  });

  it.each<[string, string[], number, RegExp]>([
    ['no such file', ['missing.csv'], 2, /no such file/],
    ['a file whose name tells no dataset', ['2026.csv'], 2, /how is the dataset called\? Name it with --dataset/],
    ['a name that no table can have', ['2026.csv', '--dataset', 'order'], 2, /reserved word.*--dataset/],
    [
      'another name than that of the dataset',
      ['2026.csv', '--dataset', 'x', '--out', 'y.odcs.yaml'],
      2,
      /must be the file x\.odcs\.yaml/,
    ],
    ['an empty file', ['empty.csv'], 1, /empty\.csv: the file is empty/],
  ])('ends with what is wrong: %s', async (_, [file, ...options], code, message) => {
    const outcome = await run(at(file!), ...options);

    expect(outcome).toMatchObject({ code, message: expect.stringMatching(message), out: '' });
  });
});
