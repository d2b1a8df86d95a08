import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readCloud } from '../../local/cloud-state.ts';
import { down } from '../../local/down.ts';
import { up } from '../../local/up.ts';
import { type Alerts, type Dropped, dropText, home, isLocal, query, tributary, tributaryJson, until } from './cloud.ts';

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
const order = (id: string) => `${id},C-000001,P-00001,1,9.99,paid,2026-04-01T10:00:00Z,2026-04-01T10:00:00Z\n`;

const alerts = () => tributaryJson<Alerts>('alerts', '--since', '1h', '--limit', '200', '--full');
const about = ({ message }: Alerts['messages'][number]) => message.includes('outage.csv');

/** On AWS nobody can switch Athena off. */
(isLocal ? describe : describe.skip)('Athena cannot be reached', () => {
  let dropped: Dropped;

  it('fails the run and pages once with file, state, cause and the input to re-run', async () => {
    process.kill(readCloud(home)!.pids.athena!, 'SIGTERM');
    await until('Athena is gone', 30, async () => readCloud(home)!.parts.athena.state === 'crashed');

    dropped = await dropText('orders', 'outage.csv', header + order('O-OUTAGE-0001'));

    expect(dropped).toMatchObject({ outcome: 'failed', error: expect.stringContaining('ServiceUnavailableError') });
    const page = await until('the page is sent', 60, async () => (await alerts()).messages.find(about));
    expect(page.subject).toContain('orders: ServiceUnavailableError in MergeRows');
    expect(page.message).toContain('ServiceUnavailableError');
    expect(page.message).toContain(dropped.version_id!);
    expect(page.message).toMatch(/tributary rerun /);
    expect(page.message).toMatch(/states\/home/);
    const [, input] = /^Input of the (?:first )?run:\n(.+)$/m.exec(page.message)!;
    expect(JSON.parse(input!)).toMatchObject({
      detail: { object: { key: dropped.key, 'version-id': dropped.version_id } },
    });
    const { messages, incidents, alarms } = await alerts();
    expect(messages.filter(about)).toHaveLength(1);
    expect(incidents).toContainEqual(
      expect.objectContaining({ dataset: 'orders', error: 'ServiceUnavailableError', status: 'open', runs: 1 }),
    );
    // A second message, of an alarm, would be a second page.
    expect(alarms.filter(({ state }) => state === 'ALARM').map(({ name }) => name)).not.toContainEqual(
      expect.stringMatching(/-runs-/),
    );
  });

  it('shows in status what has crashed, with the end of its log', async () => {
    const log = readFileSync(join(home, 'logs', 'athena.log'), 'utf8')
      .trimEnd()
      .split('\n');

    const status = await tributary('status');

    expect(status.code).toBe(3);
    expect(status.stdout).toMatch(/^athena\s.*crashed/m);
    expect(status.stderr).toMatch(/^athena: /m);
    expect(log.at(-1)).toMatch(/\S/);
    expect(status.stderr).toContain(`  ${log.slice(-5).join('\n  ')}\n`);
  });

  it('is repaired by up, and rerun finishes the file', async () => {
    await up({ home });

    const rerun = await tributary('rerun', dropped.run!);

    expect(rerun.code).toBe(0);
    expect(await query("select count(*) as orders from {silver}.orders where order_id = 'O-OUTAGE-0001'")).toEqual([
      { orders: 1 },
    ]);
    expect(await query("select orders from {gold}.daily_revenue where order_date = date '2026-04-01'")).toEqual([
      { orders: expect.any(Number) },
    ]);
  });

  it('is told to be resolved, once', async () => {
    const resolved = await until('it is resolved', 60, async () =>
      (await alerts()).messages.find((sent) => about(sent) && sent.subject.includes('resolved')),
    );

    expect(resolved.subject).toContain('resolved: orders: ServiceUnavailableError in MergeRows');
    const { messages, incidents } = await alerts();
    expect(messages.filter(about)).toHaveLength(2);
    expect(incidents).toContainEqual(
      expect.objectContaining({ dataset: 'orders', error: 'ServiceUnavailableError', status: 'resolved', runs: 1 }),
    );
  });
});

(isLocal ? describe : describe.skip)('the local cloud', () => {
  it('answers a second up at once, having changed nothing', async () => {
    const before = readCloud(home)!;

    const again = await up({ home });

    expect(again.started).toBe(false);
    expect(again.deployment?.changed).toBe(false);
    expect(again.cloud.pids).toEqual(before.pids);
  });

  it('still has the lake after down and up, and takes files', async () => {
    const before = await query('select count(*) as orders, sum(revenue) as revenue from {gold}.daily_product_sales');

    await down({ home });
    const gone = await tributary('runs');
    await up({ home });

    expect(gone.code).toBe(3);
    expect(await query('select count(*) as orders, sum(revenue) as revenue from {gold}.daily_product_sales')).toEqual(
      before,
    );
    expect(await dropText('orders', 'after-down.csv', header + order('O-OUTAGE-0002'))).toMatchObject({
      outcome: 'done',
    });
  });
});
