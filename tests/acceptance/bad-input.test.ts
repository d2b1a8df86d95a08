import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readDatasets } from '../../aws/project-files.ts';

import { fileId } from '../../core/ledger/file-id.ts';
import { getFile } from '../../core/ledger/files.ts';
import { dropText, fileOf, land, ledger, query, stack, tributary, tributaryJson, until } from './cloud.ts';

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
const order = (id: string) => `${id},C-000001,P-00001,1,9.99,paid,2026-04-01T10:00:00Z,2026-04-01T10:00:00Z\n`;
const gzip = gzipSync(header + order('O-BADINPUT-0001').repeat(1000));
const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(200, 7)]);

describe('a file that cannot be taken', () => {
  it.each<[string, string, string | Uint8Array, RegExp]>([
    ['is empty', 'empty.csv', '', /empty/i],
    ['has only a header', 'header-only.csv', header, /no rows|only a header|header/i],
    ['is a picture', 'picture.csv', png, /PNG/],
    [
      'lacks a required column',
      'no-status.csv',
      header.replace('status,', '') +
        'O-BADINPUT-0001,C-000001,P-00001,1,9.99,2026-04-01T10:00:00Z,2026-04-01T10:00:00Z\n',
      /status/,
    ],
    ['is broken gzip', 'broken.csv.gz', gzip.subarray(0, gzip.length - 20), /breaks off after about \d+ bytes/],
    [
      'has more rejected rows than the contract allows',
      'mostly-bad.csv',
      header + order('O-BADINPUT-0002') + order('O-BADINPUT-0003').replace('paid', 'lost'),
      /1 of 2 rows/,
    ],
  ])('is refused with the reason, and nothing of it is lost or merged: it %s', async (_, name, content, reason) => {
    const dropped = await dropText('orders', name, content);

    expect(dropped).toMatchObject({ outcome: 'rejected', error: expect.stringMatching(reason) });
    expect(dropped.error).toMatch(/^FileRejectedError: /);
    const file = await getFile(await ledger(), dropped.file_id);
    expect(file).toMatchObject({ status: 'rejected', bronze_key: expect.stringContaining(dropped.file_id) });
    expect(
      await query(`select count(*) as rows from {silver}.orders where meta_file_id = '${dropped.file_id}'`),
    ).toEqual([{ rows: 0 }]);
  });

  it('ends the command with exit code 1 and says what to do', async () => {
    const output = await tributary('drop', '--dataset', 'orders', fileOf('empty-too.csv', ''));

    expect(output.code).toBe(1);
    expect(output.stderr).toContain('refused');
  });

  it('shows the bad rows of a file that was refused whole', async () => {
    const dropped = await dropText('orders', 'refused.csv', header + order('O-BADINPUT-0004').replace('paid', 'lost'));

    const rows = await query(
      `select record, raw from {ops}.quarantine where dataset = 'orders' and file_id = '${dropped.file_id}'`,
    );

    expect(rows).toEqual([{ record: 1, raw: order('O-BADINPUT-0004').replace('paid', 'lost').trim() }]);
  });
});

describe('the landing bucket', () => {
  it('refuses an object of an unknown dataset, naming those that exist, and accounts for it', async () => {
    const { landingBucket } = await stack();
    const key = 'landing/ordres/typo.csv';
    const versionId = await land(key, header + order('O-BADINPUT-0005'));

    const file = await until('the file is in the ledger', 60, async () => {
      const item = await getFile(await ledger(), fileId(landingBucket, key, versionId));
      return item?.status === 'rejected' && item;
    });

    expect(file.error).toMatch(/UnknownDatasetError.*ordres/);
    expect(file.error).toContain(Object.keys(readDatasets()).sort().join(', '));
  });

  it('takes a key with spaces and Unicode', async () => {
    const dropped = await dropText(
      'orders',
      'Bestellungen März (1) – 100% ü+&=.csv',
      header + order('O-BADINPUT-0006'),
    );

    expect(dropped).toMatchObject({ outcome: 'done', counts: { in: 1, accepted: 1 } });
  });

  it('takes gzip whatever the name says', async () => {
    const dropped = await dropText('orders', 'gzipped.csv', gzipSync(header + order('O-BADINPUT-0007')));

    expect(dropped).toMatchObject({ outcome: 'done', counts: { in: 1, accepted: 1 } });
  });

  it('lets a folder marker pass without an error', async () => {
    await land('landing/orders/folder/', '');

    const run = await until('its run has ended', 60, async () => {
      const runs = await tributaryJson<{ name: string; key?: string; outcome: string; status: string }[]>(
        'runs',
        '--limit',
        '20',
      );
      return runs.find((candidate) => candidate.key === 'landing/orders/folder/' && candidate.status !== 'RUNNING');
    });

    expect(run).toMatchObject({ status: 'SUCCEEDED' });
  });
});
