import { describe, expect, it } from '@jest/globals';
import { fileId } from '../../../core/ledger/file-id.ts';
import { getFile, markFailed, updateFile } from '../../../core/ledger/files.ts';
import { type IdentifyPorts, identifyFile, type ObjectVersion } from '../../../core/pipeline/identify.ts';
import { baseName, datasetOf, runInput } from '../../../core/pipeline/keys.ts';
import type { ObjectCreated } from '../../../core/pipeline/payloads.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';

function bucketWith(...versions: ObjectVersion[]) {
  const frozen = new Map<string, unknown>();
  const ports: IdentifyPorts = {
    ledger: memoryStore(),
    clock: handClock(),
    landing: {
      head: async (_, key, id) => versions.findLast((v) => v.key === key && (id === undefined || v.version_id === id)),
      versionWithEtag: async (_, key, etag) => versions.findLast((v) => v.key === key && v.etag === etag)?.version_id,
    },
    bronze: {
      exists: async (key) => frozen.has(key),
      freeze: async (from, key) => void frozen.set(key, from),
      writeJson: async (key, value) => void frozen.set(key, value),
    },
    catalog: { registerQuarantine: async () => undefined },
    datasets: ['orders', 'customers'],
  };
  return { ports, frozen };
}

const version = (id: string, key = 'landing/orders/a.csv', size = 10): ObjectVersion => ({
  bucket: 'landing',
  key,
  version_id: id,
  etag: `etag-${id}`,
  size,
  last_modified: '2026-03-01T10:00:00.000Z',
});
const created = (object: ObjectCreated['detail']['object']): ObjectCreated => ({
  detail: { bucket: { name: 'landing' }, object },
});

describe('identifyFile', () => {
  it('claims the version that the event names and freezes it with its lineage', async () => {
    const { ports, frozen } = bucketWith(version('v1'), version('v2'));

    const file = await identifyFile(ports, created({ key: 'landing/orders/a.csv', 'version-id': 'v1' }), 'run1');

    const id = fileId('landing', 'landing/orders/a.csv', 'v1');
    expect(file).toMatchObject({ next: 'validate', file_id: id, dataset: 'orders', version_id: 'v1' });
    expect(file.bronze_key).toBe(`bronze/orders/ingest_date=2026-03-01/${id}/a.csv`);
    expect(frozen.get(file.bronze_key!)).toMatchObject({ version_id: 'v1' });
    expect(frozen.get(`bronze/orders/ingest_date=2026-03-01/${id}/_lineage.json`)).toMatchObject({
      key: 'landing/orders/a.csv',
      etag: 'etag-v1',
      run: 'run1',
    });
  });

  it('keeps a file whose name is that of the lineage apart from its lineage', async () => {
    const key = 'landing/orders/_lineage.json';
    const { ports, frozen } = bucketWith(version('v1', key));

    const file = await identifyFile(ports, created({ key, 'version-id': 'v1' }), 'run1');

    expect(frozen.size).toBe(2);
    expect(frozen.get(file.bronze_key!)).toEqual(version('v1', key));
  });

  it('finds the version by its etag when the event has no version id', async () => {
    const { ports } = bucketWith(version('v1'), version('v2'));

    const file = await identifyFile(ports, created({ key: 'landing/orders/a.csv', etag: 'etag-v1' }), 'run1');

    expect(file.version_id).toBe('v1');
  });

  it('says so when the version is gone, instead of taking another one', async () => {
    const { ports } = bucketWith(version('v2'));

    const gone = identifyFile(ports, created({ key: 'landing/orders/a.csv', 'version-id': 'v1' }), 'run1');
    const replaced = identifyFile(ports, created({ key: 'landing/orders/a.csv', etag: 'etag-v1' }), 'run1');

    await expect(gone).rejects.toThrow('version v1 does not exist any more');
    await expect(replaced).rejects.toThrow('with etag etag-v1 does not exist any more');
  });

  it('ends at once for a folder marker, but not for an empty file', async () => {
    const { ports } = bucketWith(version('v1', 'landing/orders/', 0), version('v2', 'landing/orders/empty.csv', 0));

    const folder = await identifyFile(ports, created({ key: 'landing/orders/' }), 'run1');
    const empty = await identifyFile(ports, created({ key: 'landing/orders/empty.csv' }), 'run2');

    expect(folder.next).toBe('not_a_file');
    expect(empty.next).toBe('validate');
  });

  it('records a file of an unknown dataset as rejected, with the datasets there are', async () => {
    const { ports } = bucketWith(version('v1', 'landing/ordres/a.csv'));

    const identified = identifyFile(ports, created({ key: 'landing/ordres/a.csv' }), 'run1');

    await expect(identified).rejects.toMatchObject({
      name: 'UnknownDatasetError',
      message: expect.stringContaining('customers, orders'),
    });
    const item = await getFile(ports.ledger, fileId('landing', 'landing/ordres/a.csv', 'v1'));
    expect(item).toMatchObject({ status: 'rejected', dataset: 'unknown', error: expect.stringContaining('ordres') });
  });

  it('sends a file that is done or undone nowhere, a staged one to the merge, a failed one to validation', async () => {
    const { ports } = bucketWith(version('v1'));
    const event = created({ key: 'landing/orders/a.csv', 'version-id': 'v1' });
    const { file_id } = await identifyFile(ports, event, 'run1');
    const become = async (change: object) => {
      await updateFile(ports.ledger, ports.clock, file_id!, () => change);
      return (await identifyFile(ports, event, 'run2')).next;
    };

    expect(await become({ status: 'staged', staged_seq: 1 })).toBe('merge');
    expect(await become({ status: 'done' })).toBe('already_ingested');
    expect(await become({ status: 'failed' })).toBe('validate');
    expect(await become({ status: 'rejected' })).toBe('validate');
    expect(await become({ status: 'undone' })).toBe('undone');
    expect((await getFile(ports.ledger, file_id!))?.status).toBe('undone');
  });

  it('keeps a staged file staged when its run fails, with the error noted until it is claimed again', async () => {
    const { ports } = bucketWith(version('v1'));
    const event = created({ key: 'landing/orders/a.csv', 'version-id': 'v1' });
    const { file_id } = await identifyFile(ports, event, 'run1');
    await updateFile(ports.ledger, ports.clock, file_id!, () => ({ status: 'staged', staged_seq: 1 }));

    const failed = await markFailed(ports.ledger, ports.clock, file_id!, 'run1', 'ServiceUnavailableError: no');
    await identifyFile(ports, event, 'run2');

    expect(failed).toMatchObject({ status: 'staged', error: 'ServiceUnavailableError: no' });
    expect((await getFile(ports.ledger, file_id!))?.error).toBeUndefined();
  });

  it('takes keys with spaces and Unicode as they are', async () => {
    const key = 'landing/orders/März 2026/Bestellungen (1) – ü.csv';
    const { ports } = bucketWith(version('v1', key));

    const file = await identifyFile(ports, created({ key }), 'run1');

    expect(file).toMatchObject({ next: 'validate', key });
    expect(file.bronze_key).toMatch(/Bestellungen \(1\) – ü\.csv$/);
  });

  it('gives back the same file for the input that a re-run is started with', async () => {
    const { ports } = bucketWith(version('v1'), version('v2'));
    const first = await identifyFile(ports, created({ key: 'landing/orders/a.csv', 'version-id': 'v1' }), 'run1');

    const again = await identifyFile(ports, runInput(first as never), 'run2');

    expect(again.file_id).toBe(first.file_id);
  });
});

describe('keys', () => {
  it.each(['orders/a.csv', 'landing/a.csv', 'landing', 'landing//a.csv', 'landing/Orders/a.csv'])(
    'has no dataset: %s',
    (key) => {
      expect(() => datasetOf(key, ['orders'])).toThrow('orders');
    },
  );

  it('cuts a name to 200 bytes without breaking a character', () => {
    const name = baseName(`landing/orders/${'é😀'.repeat(100)}.csv`);

    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(name.isWellFormed()).toBe(true);
    expect(name.endsWith('.csv')).toBe(true);
  });
});
