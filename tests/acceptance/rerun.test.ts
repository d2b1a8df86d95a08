import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../local/paths.ts';
import { type Dropped, drop, fileOf, isLocal, query, tributary, tributaryJson } from './cloud.ts';
import { deployContract } from './correction.ts';

interface Bulk {
  results: { failed_run: string; failed_of: string; key: string; outcome: string; run: string | null }[];
  left_out: { key: string; why: string }[];
}

const product = (n: number) => `P-9917700${n},Lamp ${n},lighting,19.90,2026-04-03T08:00:00Z\n`;
const file = (n: number) =>
  fileOf(`renamed-${n}.csv`, `product_id,name,product_line,unit_price,updated_at\n${product(n)}`);
const rows = () =>
  query("select product_id, category from {silver}.products where product_id like 'P-9917700%' order by 1");
const numbers = [1, 2, 3, 4];

/** On AWS a test may not deploy. */
(isLocal ? describe : describe.skip)('files that a contract refused', () => {
  const begun = Date.now();
  const failed = (...more: string[]) => {
    const since = `${Math.ceil((Date.now() - begun) / 1000) + 1}s`;
    return tributaryJson<Bulk>('rerun', '--failed', '--since', since, '--dataset', 'products', ...more);
  };
  let dropped: Dropped[];
  let restore: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    dropped = await drop('products', ...numbers.map(file));
  });

  afterAll(async () => restore?.());

  it('are listed, the newest failed run of each, and not run, in a dry run', async () => {
    const { results } = await failed('--dry-run');

    expect(dropped.map(({ outcome }) => outcome)).toEqual(numbers.map(() => 'rejected'));
    expect(results.map(({ failed_run }) => failed_run).sort()).toEqual(dropped.map(({ run }) => run).sort());
    expect(new Set(results.map(({ outcome, failed_of }) => `${outcome} ${failed_of}`))).toEqual(
      new Set(['to_be_run_again FileRejectedError']),
    );
  });

  it('are validated anew and brought in, all at once, when the contract has been corrected', async () => {
    const contract = readFileSync(join(projectRoot, 'schemas', 'products.odcs.yaml'), 'utf8');
    const corrected = contract.replace(
      /(- name: category\n(?: {8}.*\n)+)/,
      '$1        customProperties:\n          - { property: aliases, value: [product_line] }\n',
    );
    restore = await deployContract('validate-file', 'products', corrected);

    const { results } = await failed('--error', 'FileRejectedError');

    expect(results.map(({ key, outcome }) => `${key} ${outcome}`).sort()).toEqual(
      dropped.map(({ key }) => `${key} done`).sort(),
    );
    expect(await rows()).toEqual(numbers.map((n) => ({ product_id: `P-9917700${n}`, category: 'lighting' })));
  });

  it('are left out from then on, and running one of them again, however often, changes nothing', async () => {
    const before = await rows();

    const again = await failed();
    const outputs = await Promise.all([1, 2, 3].map(() => tributary('rerun', dropped[0]!.run!)));

    expect(again.results).toEqual([]);
    expect(again.left_out.map(({ why }) => why)).toEqual(numbers.map(() => 'done since'));
    expect(outputs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await rows()).toEqual(before);
  });
});
