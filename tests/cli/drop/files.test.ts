import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkDataset, filesToDrop, landingKey } from '../../../cli/drop/files.ts';
import { UsageError } from '../../../cli/exit.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-drop-'));
  writeFileSync(join(folder, 'a b ä.csv'), '1234');
  writeFileSync(join(folder, 'b.csv'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the files to drop', () => {
  it('land under their own names, with spaces and other scripts as they are', () => {
    const files = filesToDrop([join(folder, 'a b ä.csv'), join(folder, 'b.csv')], 'orders', undefined);

    expect(files).toEqual([
      { path: join(folder, 'a b ä.csv'), bytes: 4, key: 'landing/orders/a b ä.csv' },
      { path: join(folder, 'b.csv'), bytes: 0, key: 'landing/orders/b.csv' },
    ]);
  });

  it('land under another name if one is given', () => {
    const [file] = filesToDrop([join(folder, 'b.csv')], 'orders', '2026/03/b.csv');

    expect(file?.key).toBe('landing/orders/2026/03/b.csv');
  });

  it.each([
    [
      'one is missing',
      () => filesToDrop([join(folder, 'b.csv'), join(folder, 'no.csv')], 'orders', undefined),
      'no such file',
    ],
    ['one is a folder', () => filesToDrop([folder], 'orders', undefined), 'not a file'],
    ['several get one name', () => filesToDrop([join(folder, 'b.csv'), join(folder, 'b.csv')], 'orders', 'x'), '--as'],
    ['the name is a folder', () => landingKey('orders', 'x/'), 'not a file name'],
    ['the name is empty', () => landingKey('orders', ''), 'not a file name'],
    ['the name is too long', () => landingKey('orders', 'ä'.repeat(510)), 'too long'],
    ['there is no contract', () => checkDataset('order', ['orders', 'customers']), 'there are: customers, orders'],
  ])('are refused before anything is uploaded when %s', (_what, look, reason) => {
    expect(look).toThrow(UsageError);
    expect(look).toThrow(reason);
  });
});
