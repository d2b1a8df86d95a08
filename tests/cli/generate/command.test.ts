import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exitCodeOf, messageOf } from '../../../cli/exit.ts';
import { buildProgram } from '../../../cli/program.ts';
import { contract, validate } from '../../engine/validation.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-generate-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void jest.restoreAllMocks());

/** Runs the command in this process, as `cli/main.ts` does. */
async function generate(...args: string[]) {
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
  let code = 0;
  let message = '';
  try {
    await buildProgram().parseAsync(['node', 'tributary', 'generate', ...args]);
  } catch (error) {
    code = exitCodeOf(error);
    message = messageOf(error);
  }
  jest.restoreAllMocks();
  return { code, message, ...written };
}

describe('tributary generate', () => {
  it('writes files, and says what is in them as validation counts it', async () => {
    const out = join(folder, 'orders');
    const args = ['orders', '--rows', '80', '--files', '2', '--at', '2026-03-01', '--out', out];

    const { code, out: told } = await generate(...args, '--dirty', '5%', '--duplicates', '0.1', '--json');

    expect(code).toBe(0);
    const { seed, files } = JSON.parse(told) as { seed: string; files: { path: string; expected: unknown }[] };
    expect(seed).toBe('tributary');
    expect(files.map(({ path }) => path)).toEqual(
      readdirSync(out)
        .sort()
        .map((name) => join(out, name)),
    );
    const of = await contract('orders');
    for (const { path, expected } of files) {
      expect((await validate(readFileSync(path, 'utf8'), of)).counts).toEqual(expected);
    }
  });

  it('writes the same files again, byte for byte', async () => {
    const args = ['bookings', '--rows', '20', '--at', '2026-03-01T06:00:00Z', '--seed', 'x', '--out'];
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];

    await generate(...args, one);
    await generate(...args, two);

    const contents = (path: string) => readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]);
    expect(contents(one)).toHaveLength(1);
    expect(contents(two)).toEqual(contents(one));
  });

  it('says so when a file has more bad rows than its contract takes', async () => {
    const { err, out } = await generate('hosts', '--dirty', 'bad_email=0.5', '--out', join(folder, 'hosts'));

    expect(out).toContain('20 bad_email');
    expect(err).toContain('more than 5 % of its rows are bad: the file will be refused');
  });

  it.each([
    [['strangers'], 'no contract for a dataset "strangers" in schemas/'],
    [['orders', '--dirty', 'bad_mood=0.1'], 'orders has no kind of dirt "bad_mood"; there are: bad_status, '],
    [['orders', '--dirty', 'bad_status=0.1,bad_status=0.2'], '--dirty names bad_status twice'],
    [['orders', '--dirty', 'bad_status=0.1,0.2'], '--dirty takes one share, or kinds with one each'],
    [['orders', '--dirty', '120%'], '"120%" is no share'],
    [['orders', '--late', 'some'], '"some" is no share'],
    [['orders', '--at', '2026-02-30'], 'write it like 2026-03-01'],
    [['orders', '--rows', '0'], 'a whole number from 1 to 1,000,000 is needed'],
    [['orders', '--format', 'parquet'], 'Allowed choices are csv, jsonl'],
    [['customers', '--orphans', '0.1'], 'customers refers to no other dataset'],
    [['orders', '--parents', 'hosts=5'], 'orders does not refer to hosts; it refers to customers, products'],
    [['orders', '--parents', 'customers'], '--parents takes counts like customers=500, not "customers"'],
  ])('refuses %j', async (args, message) => {
    const found = await generate(...args, '--out', join(folder, 'none'));

    expect(found.message).toContain(message);
    expect(readdirSync(folder)).not.toContain('none');
  });

  it('does not write where it can not', async () => {
    writeFileSync(join(folder, 'file'), '');

    const found = await generate('orders', '--out', join(folder, 'file', 'deeper'));

    expect(found.code).toBe(2);
    expect(found.message).toContain('can not write to');
  });
});
