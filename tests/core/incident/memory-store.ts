import { type Clock, type LedgerStore, type Page, RevisionConflict, type Stored } from '../../../core/ledger/store.ts';

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
    async getMany<T extends Stored>(keys: { pk: string; sk: string }[]) {
      // As BatchGetItem does.
      if (new Set(keys.map(({ pk, sk }) => at(pk, sk))).size < keys.length) {
        throw new Error('Provided list of item keys contains duplicates');
      }
      return structuredClone(keys.flatMap(({ pk, sk }) => items.get(at(pk, sk)) ?? [])) as T[];
    },
    async list<T extends Stored>(dataset: string, { from = '', to = '\uffff', limit, after = '' }: Page) {
      type Indexed = Stored & { gsi1pk?: string; gsi1sk: string };
      const found = ([...items.values()] as Indexed[])
        .filter(({ gsi1pk, gsi1sk }) => gsi1pk === `dataset#${dataset}` && gsi1sk >= from && gsi1sk <= `${to}\uffff`)
        .filter(({ gsi1sk }) => gsi1sk > after)
        .sort((a, b) => (a.gsi1sk < b.gsi1sk ? -1 : 1));
      const page = found.slice(0, limit);
      const next = found.length > limit ? page.at(-1)!.gsi1sk : undefined;
      return { items: structuredClone(page) as Stored[] as T[], next };
    },
    async write(written, gone = []) {
      const conflict = [...written, ...gone].find((item) => (items.get(at(item.pk, item.sk))?.rev ?? 0) !== item.rev);
      if (conflict !== undefined) throw new RevisionConflict(`${conflict.pk} ${conflict.sk}`);
      for (const item of gone) items.delete(at(item.pk, item.sk));
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
