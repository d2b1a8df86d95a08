import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exitCodeOf, messageOf } from '../../../cli/exit.ts';
import { buildProgram } from '../../../cli/program.ts';
import { readParquet } from '../../engine/validation.ts';

const HEADER = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at';
const order = (number: number, over: Record<string, string> = {}) =>
  Object.values({
    order_id: `O-TEST-${String(number).padStart(4, '0')}`,
    customer_id: 'C-000001',
    product_id: 'P-00001',
    quantity: '1',
    unit_price: '9.99',
    status: 'paid',
    order_ts: '2026-03-01T10:00:00Z',
    updated_at: '2026-03-01T10:00:00Z',
    ...over,
  }).join(',');
const good = Array.from({ length: 40 }, (_, index) => order(index));
/** Within what the contract allows: one bad row of 43. */
const TAKEN = [
  HEADER,
  ...good,
  good[0],
  order(1, { updated_at: '2026-03-01T11:00:00Z' }),
  order(50, { quantity: 'two', status: 'PAID' }),
];
const REFUSED = [HEADER, order(1), order(2, { quantity: '-1' }), 'O-TEST-0003,C-000001'];

let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-validate-test-'));
  writeFileSync(at('orders.csv'), `${TAKEN.join('\n')}\n`);
  writeFileSync(at('orders-bad.csv'), `${REFUSED.join('\n')}\n`);
  writeFileSync(at('empty.csv'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void jest.restoreAllMocks());

/** Runs the command in this process, as `cli/main.ts` does. */
async function tributary(...args: string[]) {
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
    await buildProgram().parseAsync(['node', 'tributary', 'validate', ...args]);
  } catch (error) {
    code = exitCodeOf(error);
    message = messageOf(error);
  }
  jest.restoreAllMocks();
  return { ...written, code, message };
}

describe('tributary validate', () => {
  it('ends with 0 for a file that would be taken, and shows what would not be', async () => {
    const { out, code } = await tributary(at('orders.csv'), '--dataset', 'orders');

    expect(out).toContain('outcome\twould be taken');
    expect(out).toContain('rows\t43 = 40 accepted + 1 rejected + 1 duplicate + 1 superseded');
    expect(out).toMatch(/43\t44\tquantity .*"two"; status .*"PAID"\tO-TEST-0050,/);
    expect(code).toBe(0);
  });

  it('ends with 1 for a file with too many bad rows', async () => {
    const { out, code, message } = await tributary(at('orders-bad.csv'));

    expect(out).toContain('outcome\twould be refused');
    expect(out).toContain('rows\t3 = 1 accepted + 2 rejected');
    expect(out).toContain('too_few_fields');
    expect(message).toContain('orders-bad.csv would be refused');
    expect(code).toBe(1);
  });

  it('ends with 1 for a file that can not be read, and says why', async () => {
    const { out, code } = await tributary(at('empty.csv'), '-d', 'orders');

    expect(out).toContain('because\tthe file is empty');
    expect(code).toBe(1);
  });

  it('gives one JSON document', async () => {
    const { out, code } = await tributary(at('orders-bad.csv'), '--json', '--rows', '1');

    const document = JSON.parse(out);
    expect(document).toMatchObject({
      dataset: 'orders',
      outcome: 'refused',
      counts: { in: 3, accepted: 1, rejected: 2 },
    });
    expect(document.rejected_rows).toHaveLength(1);
    expect(document.rejected_rows[0]).toMatchObject({
      record: 2,
      line: 3,
      reasons: [{ column: 'quantity', rule: 'minimum', value: '-1' }],
    });
    expect(document.reasons.map(({ rule, rows }: { rule: string; rows: number }) => [rule, rows])).toEqual([
      ['too_few_fields', 1],
      ['minimum', 1],
    ]);
    expect(code).toBe(1);
  });

  it('writes the full split when asked to, and nothing of an earlier one stays', async () => {
    const out = at('split');

    await tributary(at('orders.csv'), '--out', out);

    const accepted = await readParquet(join(out, 'accepted*.parquet'));
    const rejected = readFileSync(join(out, 'rejected.jsonl'), 'utf8').trimEnd().split('\n');
    expect(readdirSync(out).sort()).toEqual([
      'accepted-1.parquet',
      'accepted.parquet',
      'profile.json',
      'rejected.jsonl',
      'rejected.parquet',
    ]);
    expect(accepted).toHaveLength(40);
    expect(await readParquet(join(out, 'rejected.parquet'))).toHaveLength(1);
    expect(rejected.map((line) => JSON.parse(line))).toMatchObject([
      { record: 43, line: 44, raw: TAKEN[43], reasons: [{ rule: 'type' }, { rule: 'enum' }] },
    ]);

    writeFileSync(at('orders-good.csv'), `${[HEADER, ...good].join('\n')}\n`);
    await tributary(at('orders-good.csv'), '--out', out);
    expect(readdirSync(out).sort()).toEqual(['accepted.parquet', 'profile.json']);
  });

  it.each([
    ['a file there is not', ['no-such-file.csv', '-d', 'orders'], 'no such file'],
    ['a folder', ['tests', '-d', 'orders'], 'not a file'],
    ['a file of no obvious dataset', ['package.json'], '--dataset'],
    ['a dataset there is not', ['package.json', '-d', 'ordres'], 'no contract for a dataset "ordres"'],
  ])('ends with 2 for %s', async (_what, args, reason) => {
    const { code, message, out } = await tributary(...args);

    expect(message).toContain(reason);
    expect([code, out]).toEqual([2, '']);
  });

  it('does not overwrite the file that it checks', async () => {
    writeFileSync(at('profile.json'), TAKEN.join('\n'));

    const { code, message } = await tributary(at('profile.json'), '-d', 'orders', '--out', folder);

    expect(message).toContain('would overwrite');
    expect(code).toBe(2);
    expect(readFileSync(at('profile.json'), 'utf8')).toBe(TAKEN.join('\n'));
  });
});

describe('tributary validate as a program', () => {
  /** Ends the process with 99 at the first connection that anything in it asks for. */
  const NO_NETWORK = `data:text/javascript,${encodeURIComponent(
    "import net from 'node:net'; import dns from 'node:dns';" +
      "const stop = () => { process._rawDebug('asked for the network'); process.exit(99); };" +
      'net.Socket.prototype.connect = stop; dns.lookup = stop;',
  )}`;
  const env = (temp: string): NodeJS.ProcessEnv => {
    const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|NODE_OPTIONS$|TRIBUTARY_)/.test(name));
    return { ...Object.fromEntries(own), TRIBUTARY_HOME: join(temp, 'home'), TMPDIR: temp };
  };

  it('needs no cloud, no credentials and no network, reads a pipe, and leaves nothing behind', () => {
    const temp = mkdtempSync(at('temp-'));

    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', NO_NETWORK, 'cli/main.ts', 'validate', '-', '-d', 'orders'],
      { env: env(temp), input: TAKEN.join('\n'), encoding: 'utf8' },
    );

    expect(stderr).toBe('');
    expect(stdout).toContain('43 = 40 accepted');
    expect(status).toBe(0);
    expect(readdirSync(temp)).toEqual([]);
  });

  it('removes its work folder when it is interrupted', async () => {
    const temp = mkdtempSync(at('temp-'));
    const child = spawn(process.execPath, ['cli/main.ts', 'validate', '-', '-d', 'orders'], {
      env: env(temp),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));

    // The first rows have arrived, the end never does; what is still in the pipe then has no reader.
    child.stdin.on('error', () => undefined);
    child.stdin.write(`${TAKEN.join('\n')}\n`.repeat(2_000));
    const found = await until(() => readdirSync(temp).flatMap((name) => readdirSync(join(temp, name))).length > 0);
    child.kill('SIGINT');

    expect(found).toBe(true);
    expect(await ended).toBe(130);
    expect(readdirSync(temp)).toEqual([]);
  });
});

async function until(condition: () => boolean): Promise<boolean> {
  for (let look = 0; look < 200; look++) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
