import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../cli/exit.ts';
import { chooseContract, datasetByPath } from '../../../cli/validate/contract.ts';

const known = ['orders', 'orders_eu', 'customers', 'online_retail'];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-contract-'));
  copyFileSync('schemas/orders.odcs.yaml', join(folder, 'orders.odcs.yaml'));
  writeFileSync(join(folder, 'bad.odcs.yaml'), 'apiVersion: v3.2.0\nkind: Nonsense\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the dataset of a file', () => {
  it.each([
    ['customers.csv', 'customers'],
    ['exports/customers-2026-03.csv.gz', 'customers'],
    ['Customers_2026.jsonl', 'customers'],
    ['online_retail.2010-12-01.csv', 'online_retail'],
    ['bucket/landing/orders/2026/03/part-0.csv', 'orders'],
    ['landing/orders_eu/customers.csv', 'orders_eu'],
  ])('is obvious for %s', (file, expected) => {
    expect(datasetByPath(file, known)).toBe(expected);
  });

  it.each(['data.csv', 'customersold.csv', 'my-customers.csv', 'orders_eu_2026.csv', '-'])(
    'is asked for when it is not obvious: %s',
    (file) => {
      const guess = () => datasetByPath(file, known);

      expect(guess).toThrow(UsageError);
      expect(guess).toThrow('--dataset (there are: customers, online_retail, orders, orders_eu)');
    },
  );
});

describe('the contract of a file', () => {
  it('is that of the dataset that was named', () => {
    const dataset = chooseContract('customers.csv', { dataset: 'orders' });

    expect(dataset.name).toBe('orders');
  });

  it('may lie anywhere', () => {
    const dataset = chooseContract('whatever.csv', { contract: join(folder, 'orders.odcs.yaml') });

    expect(dataset.name).toBe('orders');
  });

  it.each([
    ['an unknown dataset', () => ({ dataset: 'ordres' }), 'no contract for a dataset "ordres"'],
    ['both a dataset and a contract', () => ({ dataset: 'orders', contract: 'x' }), 'either --dataset or --contract'],
    [
      'a contract that is not there',
      () => ({ contract: join(folder, 'no.odcs.yaml') }),
      'the contract can not be read',
    ],
    ['a contract with mistakes', () => ({ contract: join(folder, 'bad.odcs.yaml') }), 'bad.odcs.yaml:2:1'],
  ])('is refused as wrong use for %s', (_what, options, reason) => {
    const choose = () => chooseContract('orders.csv', options());

    expect(choose).toThrow(UsageError);
    expect(choose).toThrow(reason);
  });
});
