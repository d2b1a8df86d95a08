import { describe, expect, it } from '@jest/globals';
import { buildIncident, type EndedRun, incidentKey } from '../../../core/incident/incident.ts';
import { type AlertMessage, alertMessage } from '../../../core/incident/message.ts';
import type { IncidentRecord } from '../../../core/incident/record.ts';
import { ExecutionEnded, type ReportPorts, reportFailure } from '../../../core/incident/report.ts';
import { fileId } from '../../../core/ledger/file-id.ts';
import { aborted, newestFirst, rejected, s3Event } from './histories.ts';
import { handClock, memoryStore } from './memory-store.ts';

const arnOf = (name: string) => `arn:aws:states:us-east-1:111122223333:execution:tributary-test-ingest:${name}`;

function endedRun(name: string, over: Partial<EndedRun> = {}): EndedRun {
  return {
    arn: arnOf(name),
    name,
    machine: 'tributary-test-ingest',
    status: 'FAILED',
    startedAt: new Date('2026-03-01T10:00:00.000Z'),
    stoppedAt: new Date('2026-03-01T10:00:03.000Z'),
    input: s3Event,
    ...over,
  };
}

function given(
  over: Partial<ReportPorts> = {},
  run: (arn: string) => EndedRun = (arn) => endedRun(arn.split(':').at(-1)!),
) {
  const store = memoryStore();
  const clock = handClock();
  const sent: AlertMessage[] = [];
  const failed: string[][] = [];
  const released: unknown[][] = [];
  const ports: ReportPorts = {
    stage: 'test',
    runs: { describe: async (arn) => run(arn), newestEvents: async () => newestFirst(rejected) },
    store,
    clock,
    publish: async (alert) => void sent.push(alert),
    ledger: {
      markFileFailed: async (...call) => void failed.push(call),
      releaseLeaseOf: async (...call) => {
        released.push(call);
        return arnOf('successor');
      },
    },
    ...over,
  };
  const incident = () => [...store.items.values()][0] as IncidentRecord;
  return { ports, sent, failed, released, clock, incident };
}

describe('reporting a failed run', () => {
  it('pages with file, state, cause and how to run it again, marks the file and frees the lease', async () => {
    const { ports, sent, failed, released } = given();

    const reported = await reportFailure(arnOf('one'), ports);

    expect(reported).toMatchObject({ outcome: 'paged', woken: arnOf('successor') });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.subject).toBe('[tributary test] orders: FileRejectedError in ValidateFile');
    expect(sent[0]?.message).toContain('the column amount is missing');
    expect(sent[0]?.message).toContain('s3://tributary-test-landing-111122223333/landing/orders/März bericht.csv');
    expect(sent[0]?.message).toContain('npx tributary rerun one --stage test');
    expect(sent[0]?.message).toContain(s3Event);
    expect(sent[0]?.message).toContain(`https://us-east-1.console.aws.amazon.com/states/home`);
    const error = 'FileRejectedError: the column amount is missing';
    expect(failed).toEqual([['0123456789abcdef0123456789abcdef', arnOf('one'), error]]);
    expect(released).toEqual([[arnOf('one'), 'orders', true]]);
  });

  it('counts further runs of the same kind within the hour without paging', async () => {
    const { ports, sent, incident } = given();

    for (const name of ['one', 'two', 'three']) await reportFailure(arnOf(name), ports);

    expect(sent).toHaveLength(1);
    expect(incident()).toMatchObject({ count: 3, runs: [arnOf('one'), arnOf('two'), arnOf('three')] });
  });

  it('pages once when many runs fail at the same moment', async () => {
    const { ports, sent, incident } = given();
    const names = Array.from({ length: 20 }, (_, index) => `run${index}`);

    await Promise.all(names.map((name) => reportFailure(arnOf(name), ports)));

    expect(sent).toHaveLength(1);
    expect(incident().count).toBe(20);
  });

  it('neither pages nor counts again when the event is delivered twice', async () => {
    const { ports, sent, incident } = given();

    await reportFailure(arnOf('one'), ports);
    const again = await reportFailure(arnOf('one'), ports);

    expect(again.outcome).toBe('counted');
    expect(sent).toHaveLength(1);
    expect(incident().count).toBe(1);
  });

  it('pages on the next delivery when publishing failed, and has done the rest meanwhile', async () => {
    let broken = true;
    const sent: AlertMessage[] = [];
    const publish = async (alert: AlertMessage) => {
      if (broken) throw new Error('SNS is down');
      sent.push(alert);
    };
    const { ports, failed, released } = given({ publish });

    await expect(reportFailure(arnOf('one'), ports)).rejects.toThrow('SNS is down');
    broken = false;
    const reported = await reportFailure(arnOf('one'), ports);

    expect(reported.outcome).toBe('paged');
    expect(sent).toHaveLength(1);
    expect(failed).toHaveLength(2);
    expect(released).toHaveLength(2);
  });

  it('lets another run page when the first report died before it could', async () => {
    const published: string[] = [];
    const publish = async (alert: AlertMessage) => {
      if (published.push(alert.subject) === 1) throw new Error('killed');
    };
    const { ports, clock } = given({ publish });
    await expect(reportFailure(arnOf('one'), ports)).rejects.toThrow('killed');

    const soon = await reportFailure(arnOf('two'), ports);
    clock.advance(301);
    const later = await reportFailure(arnOf('three'), ports);
    const afterwards = await reportFailure(arnOf('four'), ports);

    expect([soon.outcome, later.outcome, afterwards.outcome]).toEqual(['counted', 'paged', 'counted']);
    expect(published).toHaveLength(2);
  });

  it('pages although the ledger fails, and says what was not done', async () => {
    const ledger = {
      markFileFailed: async () => undefined,
      releaseLeaseOf: async () => {
        throw new Error('table busy');
      },
    };
    const { ports, sent } = given({ ledger });

    await expect(reportFailure(arnOf('one'), ports)).rejects.toThrow(/could not be reported in full: .*table busy/);

    expect(sent).toHaveLength(1);
  });

  it('leaves a run alone that was redriven meanwhile', async () => {
    const { ports, sent, failed, released } = given({}, () => endedRun('one', { status: 'RUNNING' }));

    const reported = await reportFailure(arnOf('one'), ports);

    expect(reported.outcome).toBe('recovered');
    expect([sent, failed, released]).toEqual([[], [], []]);
  });

  it('names the file of a run that failed before IdentifyFile had named it', async () => {
    const runs: ReportPorts['runs'] = {
      describe: async () => endedRun('one'),
      newestEvents: async () => [
        { id: 3, type: 'ExecutionFailed', at: new Date(0), error: 'UnknownDatasetError', cause: 'no contract' },
        { id: 2, type: 'TaskStateEntered', at: new Date(0), state: 'IdentifyFile', input: s3Event },
      ],
    };
    const { ports, failed } = given({ runs });

    await reportFailure(arnOf('one'), ports);

    const id = fileId('tributary-test-landing-111122223333', 'landing/orders/März bericht.csv', 'v1');
    expect(failed[0]?.[0]).toBe(id);
  });
});

describe('an incident', () => {
  it('is one per machine, error, dataset and hour', () => {
    const key = (run: EndedRun) => incidentKey(buildIncident(run, newestFirst(rejected)));
    const one = key(endedRun('one'));

    const sameHour = key(endedRun('two', { stoppedAt: new Date('2026-03-01T10:59:59.999Z') }));
    const nextHour = key(endedRun('three', { stoppedAt: new Date('2026-03-01T11:00:00.000Z') }));
    const otherMachine = key(endedRun('four', { machine: 'tributary-test-maintain' }));

    expect(sameHour).toEqual(one);
    expect(new Set([one, nextHour, otherMachine].map((k) => k.pk + k.sk)).size).toBe(3);
  });

  it('is built of what there is when input and history are empty', () => {
    const run = endedRun('one', { input: undefined, status: 'TIMED_OUT' });

    const incident = buildIncident(run, []);
    const alert = alertMessage(incident, 'test');

    expect(incident).toMatchObject({ dataset: '-', state: '-', error: 'States.Timeout' });
    expect(alert.message).toContain('A run of tributary-test-ingest timed out.');
  });

  it('is not confused by a dataset that looks like a key', () => {
    const input = JSON.stringify({ detail: { bucket: { name: 'b' }, object: { key: 'landing/a#b/x.csv' } } });

    const key = incidentKey(buildIncident(endedRun('one', { input }), newestFirst(aborted.slice(-1))));

    expect(key.sk).toBe('10#tributary-test-ingest#a_b#Aborted');
  });
});

describe('the message', () => {
  it('keeps to what SNS takes, whatever the names are', () => {
    const key = `landing/größe\n${'x'.repeat(300)}/f.csv`;
    const input = JSON.stringify({ detail: { bucket: { name: 'b' }, object: { key } }, filler: '€'.repeat(300_000) });
    const incident = buildIncident(endedRun('one', { input, cause: '€'.repeat(100_000) }), []);

    const { subject, message } = alertMessage(incident, 'test');

    expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(Buffer.byteLength(message)).toBeLessThan(256 * 1024);
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
