import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, describe, expect, it } from '@jest/globals';
import { eventBridge } from '../../aws/clients.ts';
import { invokeFunction } from '../../aws/functions.ts';
import { fileId } from '../../core/ledger/file-id.ts';
import { getFile } from '../../core/ledger/files.ts';
import { type Alerts, isLocal, land, ledger, stack, stage, tributaryJson, until } from './cloud.ts';

const alerts = () => tributaryJson<Alerts>('alerts', '--since', '1h', '--limit', '500', '--full');
const sent = async (dataset: string) =>
  (await alerts()).messages.map(({ subject }) => subject).filter((subject) => subject.includes(` ${dataset}: `));
const incidentOf = async (dataset: string, status: string) =>
  (await alerts()).incidents.find((incident) => incident.dataset === dataset && incident.status === status);

describe('a burst of files that are refused', () => {
  const FILES = 20;
  const keys = Array.from({ length: FILES }, (_, index) => `landing/products/incident/${index}.csv`);
  const product = (index: number) => `P-${78_000 + index},Lamp,Light,9.90,2026-05-01T10:00:00Z\n`;
  const header = 'product_id,name,category,unit_price,updated_at\n';

  it('is one page with a count', async () => {
    const before = await incidentOf('products', 'open');
    await Promise.all(keys.map((key) => land(key, 'product_id,name\nP-78000,Lamp\n')));

    const incident = await until('all are counted', 180, async () => {
      const open = await incidentOf('products', 'open');
      return open?.runs === FILES && open;
    });
    await until('the page is sent', 60, async () => (await sent('products')).length > 0);

    expect(before).toBeUndefined();
    expect(incident).toMatchObject({ error: 'FileRejectedError', waiting: FILES });
    expect(await sent('products')).toEqual([
      expect.stringMatching(/^\[tributary \w+\] (\d+ runs, )?products: FileRejectedError in ValidateFile$/),
    ]);
  });

  it('is resolved by one message when they are dropped again, corrected', async () => {
    await Promise.all(keys.map((key, index) => land(key, header + product(index))));

    await until('it is resolved', 180, async () => (await sent('products')).length > 1);

    expect((await sent('products')).filter((subject) => subject.includes('resolved'))).toEqual([
      `[tributary ${stage}] resolved: ${FILES} runs, products: FileRejectedError in ValidateFile`,
    ]);
    expect(await incidentOf('products', 'resolved')).toMatchObject({ runs: FILES, waiting: 0 });
    expect(await incidentOf('products', 'open')).toBeUndefined();
  });
});

/** On AWS nobody may switch the rule off. */
(isLocal ? describe : describe.skip)('a failed run of which no event tells', () => {
  const Name = `tributary-${stage}-run-failed`;

  afterAll(async () => {
    await eventBridge().send(new EnableRuleCommand({ Name }));
  });

  it('is reported and paged by the sweep, once', async () => {
    const { landingBucket } = await stack();
    const sweep = () => invokeFunction<object>(`tributary-${stage}-sweep-incidents`, { late_seconds: 0 });
    await sweep();
    await eventBridge().send(new DisableRuleCommand({ Name }));
    const key = 'landing/unheard/file.csv';
    const versionId = await land(key, 'x');
    const id = fileId(landingBucket, key, versionId);
    await until('its run has failed', 60, async () => {
      const file = await getFile(await ledger(), id);
      const run = file && (await tributaryJson<{ status: string }>('run', id));
      return run?.status === 'FAILED';
    });
    const before = await sent('unheard');

    const first = await sweep();
    const again = await sweep();

    expect(before).toEqual([]);
    expect([first, again]).toEqual([
      { reported: 1, paged: 1 },
      { reported: 0, paged: 0 },
    ]);
    await until('the page is kept', 60, async () => (await sent('unheard')).length > 0);
    expect(await sent('unheard')).toEqual([`[tributary ${stage}] unheard: UnknownDatasetError in IdentifyFile`]);
  });
});
