import { describe, expect, it } from '@jest/globals';
import { sentAlerts } from '../../core/incident/alerts.ts';
import { memoryStore } from '../core/incident/memory-store.ts';
import './environment.ts';

const { recordAlerts, SnsEvent } = await import('../../functions/record-alert.ts');

const message = (id: string, minute: number, over: object = {}) => ({
  EventSource: 'aws:sns',
  Sns: {
    MessageId: id,
    Timestamp: `2026-03-01T10:0${minute}:00.000Z`,
    Subject: `subject ${id}`,
    Message: `first line ${id}\nsecond line`,
    ...over,
  },
});
const event = (...records: object[]) => SnsEvent.parse({ Records: records });

describe('recording alerts', () => {
  it('keeps every message, and gives them back newest first', async () => {
    const store = memoryStore();

    await recordAlerts(store)(event(message('a', 1), message('b', 3)));
    await recordAlerts(store)(event(message('c', 2)));

    const sent = await sentAlerts(store, {});
    expect(sent.map((alert) => alert.subject)).toEqual(['subject b', 'subject c', 'subject a']);
    expect(sent[0]).toMatchObject({ at: '2026-03-01T10:03:00.000Z', message: 'first line b\nsecond line' });
  });

  it('keeps a message once that is delivered twice, and those beside it', async () => {
    const store = memoryStore();

    await recordAlerts(store)(event(message('a', 1)));
    await recordAlerts(store)(event(message('a', 1), message('b', 2)));

    expect(await sentAlerts(store, {})).toHaveLength(2);
  });

  it('tells messages apart that were sent at the same time', async () => {
    const store = memoryStore();

    await recordAlerts(store)(event(message('a', 1), message('b', 1)));

    expect(await sentAlerts(store, {})).toHaveLength(2);
  });

  it('makes a subject of the first line where there is none', async () => {
    const store = memoryStore();

    await recordAlerts(store)(event(message('a', 1, { Subject: null })));

    expect((await sentAlerts(store, {}))[0]?.subject).toBe('first line a');
  });

  it('gives back as many as asked for, and only since a time', async () => {
    const store = memoryStore();
    await recordAlerts(store)(event(message('a', 1), message('b', 2), message('c', 3)));

    const since = await sentAlerts(store, { since: new Date('2026-03-01T10:02:00.000Z') });
    const newest = await sentAlerts(store, { limit: 1 });

    expect(since.map((alert) => alert.subject)).toEqual(['subject c', 'subject b']);
    expect(newest.map((alert) => alert.subject)).toEqual(['subject c']);
  });

  it('passes on what the ledger can not do, so that the message is delivered again', async () => {
    const store = { ...memoryStore(), write: async () => Promise.reject(new Error('throttled')) };

    await expect(recordAlerts(store)(event(message('a', 1)))).rejects.toThrow('throttled');
  });
});
