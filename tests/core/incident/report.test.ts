import { describe, expect, it } from '@jest/globals';
import { ExecutionEnded, reportFailure } from '../../../core/incident/report.ts';
import type { FileItem } from '../../../core/ledger/items.ts';
import { arnOf, type Failing, fileItem, idOf, inputOf, world } from './incidents.ts';
import { handClock } from './memory-store.ts';
import { virtualClock } from './virtual-clock.ts';

describe('reporting a failed run', () => {
  it('pages with file, state, cause and how to run it again, marks the file and frees the lease', async () => {
    const { fail, sent, marked, released } = world();

    const reported = await fail({ name: 'one' });

    expect(reported).toEqual({ outcome: 'paged', woken: arnOf('successor') });
    expect(sent).toHaveLength(1);
    expect(sent[0]!.subject).toBe('[tributary test] orders: FileRejectedError in ValidateFile');
    for (const part of [
      'A run of tributary-test-ingest failed in ValidateFile.',
      'the column amount is missing',
      's3://landing-bucket/landing/orders/one.csv',
      idOf({ name: 'one' }),
      'npx tributary rerun one --stage test',
      inputOf({ name: 'one' }),
      'https://us-east-1.console.aws.amazon.com/states/home',
    ]) {
      expect(sent[0]!.message).toContain(part);
    }
    expect(sent[0]!.message).not.toContain('--failed');
    expect(marked).toEqual([idOf({ name: 'one' })]);
    expect(released).toEqual([[arnOf('one'), 'orders', true]]);
  });

  it('names the report of a file that was refused, and none where there is none', async () => {
    const { fail, sent } = world();

    await fail({ name: 'refused' });
    await fail({ name: 'gone', state: 'IdentifyFile' });
    await fail({ name: 'broken', error: 'QueryRejectedError', state: 'MergeRows' });

    const named = sent.map(({ message }) => /^Report: +(.*)$/m.exec(message)?.[1]);
    expect(named[0]).toBe(`npx tributary report ${idOf({ name: 'refused' })} --open --stage test`);
    expect(named.slice(1).filter(Boolean)).toEqual([]);
    expect(sent.length).toBeGreaterThan(1);
  });

  it('has the address of that report in the AWS console, where it is in the lake, and not on one machine', async () => {
    const there: Failing = { name: 'refused' };
    const link = `https://us-east-1.console.aws.amazon.com/s3/object/lake-bucket?region=us-east-1&prefix=reports%2Forders%2F2026-03-01%2F${idOf(there)}.html`;
    const linkOf = async (stage: string, status?: FileItem['status']) => {
      const { fail, ports, sent } = world();
      if (status !== undefined) await ports.store.write([{ ...fileItem(there, { status }), rev: 0 }]);
      await fail(there, { stage });
      return /^In S3: +(.*)$/m.exec(sent[0]!.message)?.[1];
    };

    expect(await linkOf('prod', 'rejected')).toBe(link);
    expect(await Promise.all([linkOf('local', 'rejected'), linkOf('prod', 'failed'), linkOf('prod')])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('asks once more about a run that is told to be running still', async () => {
    const { fail, ports, pages } = world();
    const answers = ['RUNNING', 'FAILED'];
    const describe = async (arn: string) => ({ ...(await ports.runs.describe(arn)), status: answers.shift()! });

    const reported = await fail({ name: 'one' }, { runs: { ...ports.runs, describe } });

    expect(reported.outcome).toBe('paged');
    expect(pages()).toHaveLength(1);
  });

  it('counts further runs of the same cause without paging', async () => {
    const { fail, pages, open } = world();

    const outcomes = [];
    for (const name of ['one', 'two', 'three']) outcomes.push((await fail({ name })).outcome);

    expect(outcomes).toEqual(['paged', 'counted', 'counted']);
    expect(pages()).toHaveLength(1);
    expect(open()).toMatchObject([{ count: 3 }]);
  });

  it('pages with the number that had failed a moment later, some of their files and the command for all', async () => {
    const time = virtualClock(Math.random);
    const { fail, pages } = world(time.clock);

    await time.run(Promise.all(Array.from({ length: 37 }, (_, index) => fail({ name: `run${index}` }))));

    expect(pages()).toHaveLength(1);
    const { subject, message } = pages()[0]!;
    expect(subject).toBe('[tributary test] 37 runs, orders: FileRejectedError in ValidateFile');
    expect(message).toContain('37 runs of tributary-test-ingest failed so far of the same cause');
    expect(message.match(/s3:\/\/landing-bucket/g)).toHaveLength(10);
    expect(message).toContain('and up to 27 more');
    expect(message).toContain(
      'npx tributary rerun --failed --since 1d --dataset orders --error FileRejectedError --stage test',
    );
  });

  it.each([
    ['another dataset', { dataset: 'customers' }],
    ['another error', { error: 'QueryRejectedError', state: 'MergeRows' }],
  ])('pages for %s apart', async (_what, other) => {
    const { fail, pages } = world();

    await fail({ name: 'one' });
    await fail({ name: 'two', ...other });

    expect(pages()).toHaveLength(2);
  });

  it('frees the lease before it waits for others to be counted', async () => {
    const order: string[] = [];
    const clock = { ...handClock(), sleep: async () => void order.push('waits') };
    const { fail, ports } = world(clock);
    const releaseLeaseOf = async () => {
      order.push('freed');
      return undefined;
    };

    await fail({ name: 'one' }, { ledger: { ...ports.ledger, releaseLeaseOf } });

    expect(order).toEqual(['freed', 'waits']);
  });

  it('neither pages nor counts again when the event is delivered twice, or long after', async () => {
    const clock = handClock();
    const { fail, pages, open } = world(clock);

    await fail({ name: 'one' });
    const again = await fail({ name: 'one' });
    clock.advance(20 * 3600);
    await fail({ name: 'one' });

    expect(again.outcome).toBe('counted');
    expect(pages()).toHaveLength(1);
    expect(open()).toMatchObject([{ count: 1 }]);
  });

  it('pages on the next delivery when publishing failed, and has done the rest meanwhile', async () => {
    const { fail, pages, marked, released } = world();
    const publish = async () => Promise.reject(new Error('SNS is down'));

    await expect(fail({ name: 'one' }, { publish })).rejects.toThrow('SNS is down');
    const reported = await fail({ name: 'one' });

    expect(reported.outcome).toBe('paged');
    expect(pages()).toHaveLength(1);
    expect(marked).toHaveLength(2);
    expect(released).toHaveLength(2);
  });

  it('pages although the ledger fails otherwise, and says what was not done', async () => {
    const { fail, ports, pages } = world();
    const releaseLeaseOf = async () => Promise.reject(new Error('table busy'));

    const report = fail({ name: 'one' }, { ledger: { ...ports.ledger, releaseLeaseOf } });

    await expect(report).rejects.toThrow(/could not be reported in full: .*table busy/);
    expect(pages()).toHaveLength(1);
  });

  it('leaves a run alone that was redriven meanwhile', async () => {
    const { fail, sent, marked, released } = world();

    const reported = await fail({ name: 'one', status: 'RUNNING' });

    expect(reported.outcome).toBe('recovered');
    expect([sent, marked, released]).toEqual([[], [], []]);
  });

  it('counts a run once that was redriven and failed again, and pages for it when the incident is over', async () => {
    const { fail, pages, open, store, failed } = world();
    await fail({ name: 'one' });

    await fail({ name: 'one', stoppedAt: '2026-03-01T10:20:00.000Z' });
    const counted = open()[0]!.count;
    for (const item of [...failed(), ...open()]) store.items.delete(`${item.pk}\n${item.sk}`);
    await fail({ name: 'one', stoppedAt: '2026-03-01T10:40:00.000Z' });

    expect(counted).toBe(1);
    expect(pages()).toHaveLength(2);
  });

  it('pages for nobody when the file is in the lake already and nothing waits', async () => {
    const { fail, sent, put, released } = world();
    put(fileItem({ name: 'one' }, { status: 'done' }));

    const reported = await fail({ name: 'one' });
    const again = await fail({ name: 'one' });

    expect([reported.outcome, again.outcome]).toEqual(['recovered', 'recovered']);
    expect(sent).toEqual([]);
    expect(released).toHaveLength(2);
  });

  it('pages for an undo that fails, although its file is in the lake', async () => {
    const { fail, put, ports, pages } = world();
    const failing = { name: 'one', input: '{"file_id":"x"}' };
    put(fileItem(failing, { status: 'done' }));
    const newestEvents = async () => [
      { id: 3, type: 'ExecutionFailed', at: new Date(0), error: 'QueryRejectedError', cause: 'no' },
      {
        id: 2,
        type: 'TaskStateEntered',
        at: new Date(0),
        state: 'UndoFile',
        input: JSON.stringify({ file: fileItem(failing) }),
      },
    ];

    await fail(failing, { runs: { ...ports.runs, newestEvents } });

    expect(pages()[0]!.message).toContain(
      'When one with the same input has succeeded, one message will say "resolved"',
    );
    expect(pages()[0]!.message).toContain('landing/orders/one.csv');
  });

  it.each([
    ['MergeRows', 'StatementRefusedError', false],
    ['RefreshGold', 'QueryRejectedError', false],
    ['MergeRows', 'QueryRejectedError', true],
    ['RefreshGold', 'ServiceUnavailableError', true],
    ['ValidateFile', 'ContractError', true],
  ])('of %s with %s wakes others: %s', async (state, error, wakes) => {
    const { fail, released } = world();

    await fail({ name: 'one', state, error });

    expect(released).toEqual([[arnOf('one'), 'orders', wakes]]);
  });

  it('asks Step Functions again when it fails', async () => {
    const { ports } = world();
    const describe = async () => Promise.reject(new Error('throttled'));

    await expect(reportFailure(arnOf('one'), { ...ports, runs: { ...ports.runs, describe } })).rejects.toThrow(
      'throttled',
    );
  });
});

describe('an incident that goes on', () => {
  it('does not page again when the next hour begins', async () => {
    const clock = handClock('2026-03-01T10:50:00.000Z');
    const { fail, pages, open } = world(clock);

    for (let minute = 0; minute < 180; minute += 30) {
      await fail({ name: `run${minute}` });
      clock.advance(30 * 60);
    }

    expect(pages()).toHaveLength(1);
    expect(open()).toMatchObject([{ count: 6 }]);
  });

  it('is another one, paged anew, after an hour in which nothing failed', async () => {
    const clock = handClock();
    const { fail, pages, open } = world(clock);
    await fail({ name: 'one' });

    clock.advance(3600);
    await fail({ name: 'two' });

    expect(pages()).toHaveLength(2);
    expect(open().map(({ count }) => count)).toEqual([1, 1]);
  });

  it('is the same one when what holds it open is run again once an hour and fails again', async () => {
    const clock = handClock();
    const { fail, pages, open } = world(clock);

    for (let hour = 0; hour < 5; hour += 1) {
      await fail({ name: `run${hour}`, file: 'waits.csv' });
      clock.advance(3_660);
    }

    expect(pages()).toHaveLength(1);
    expect(open().map(({ count }) => count)).toEqual([5]);
  });

  it('is paged again once a day', async () => {
    const clock = handClock();
    const { fail, pages } = world(clock);

    for (let hour = 0; hour < 50; hour += 0.5) {
      await fail({ name: `run${hour}` });
      clock.advance(1800);
    }

    expect(pages()).toHaveLength(3);
  });
});

describe('the message', () => {
  it('keeps to what SNS takes, whatever the names are', async () => {
    const { fail, sent } = world();
    const dataset = `größe\n${'x'.repeat(300)}`;

    await Promise.all(
      Array.from({ length: 20 }, (_, index) => fail({ name: `run${index}`, dataset, file: '€'.repeat(340) })),
    );

    expect(sent[0]!.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(Buffer.byteLength(sent[0]!.message)).toBeLessThan(256 * 1024);
  });
});

describe('a status event', () => {
  it('names its execution', () => {
    const parsed = ExecutionEnded.parse({ detail: { executionArn: arnOf('one'), status: 'FAILED' } });

    expect(parsed.detail.executionArn).toBe(arnOf('one'));
  });

  it.each([{}, { detail: {} }, { detail: { executionArn: 7 } }, { detail: { executionArn: 'one' } }])(
    'is refused when it does not: %j',
    (event) => {
      const parsed = ExecutionEnded.safeParse(event);

      expect(parsed.success).toBe(false);
    },
  );
});
