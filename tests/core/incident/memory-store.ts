import { type Clock, type LedgerStore, RevisionConflict, type Stored } from '../../../core/ledger/store.ts';

/** A ledger in memory that refuses a write whose revision is not the stored one, as DynamoDB does. */
export function memoryStore(): LedgerStore & { items: Map<string, Stored> } {
  const items = new Map<string, Stored>();
  const at = (pk: string, sk: string) => `${pk}\n${sk}`;
  return {
    items,
    async get<T extends Stored>(pk: string, sk: string) {
      return structuredClone(items.get(at(pk, sk))) as T | undefined;
    },
    async query<T extends Stored>(
      pk: string,
      { from = '', to = '\uffff', limit, descending }: Parameters<LedgerStore['query']>[1],
    ) {
      const found = [...items.values()].filter((item) => item.pk === pk && item.sk >= from && item.sk <= to);
      found.sort((a, b) => (a.sk < b.sk ? -1 : 1) * (descending ? -1 : 1));
      return structuredClone(found.slice(0, limit)) as T[];
    },
    async write(written) {
      const conflict = written.find((item) => (items.get(at(item.pk, item.sk))?.rev ?? 0) !== item.rev);
      if (conflict !== undefined) throw new RevisionConflict(`${conflict.pk} ${conflict.sk}`);
      for (const item of written) items.set(at(item.pk, item.sk), structuredClone({ ...item, rev: item.rev + 1 }));
    },
  };
}

/** A clock that a test moves by hand; sleeping takes no time. */
export function handClock(start = '2026-03-01T10:15:00.000Z'): Clock & { advance(seconds: number): void } {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    sleep: async () => undefined,
    random: () => 0.5,
    advance: (seconds) => {
      now += seconds * 1000;
    },
  };
}
