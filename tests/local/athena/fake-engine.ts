import type { Engine, Page } from '../../../local/athena/trino.ts';
import { EngineError } from '../../../local/athena/trino.ts';

export interface FakeQuery {
  sql: string;
  cancelled: boolean;
  /** Lets the query end; what it does then is `outcome`. */
  end(outcome?: { rows?: string[][]; error?: Error; updateCount?: number; bytes?: number }): void;
}

/** An engine whose queries run until the test ends them. A cancelled one fails unless it was ended before. */
export function fakeEngine(): Engine & {
  queries: FakeQuery[];
  waitFor(count: number): Promise<void>;
  unavailable?: Error;
} {
  const queries: (FakeQuery & { page: Promise<Page> })[] = [];
  const watchers: (() => void)[] = [];
  const columns = [{ name: 'a', type: 'varchar', typeSignature: { rawType: 'varchar', arguments: [] } }];
  const progress = (index: number, bytes = 0) => ({
    queryId: `q${index}`,
    bytesScanned: bytes,
    planningMillis: 1,
    queuedMillis: 0,
  });
  return {
    queries,
    async waitFor(count) {
      while (queries.length < count) await new Promise<void>((resolve) => watchers.push(resolve));
    },
    async submit(sql) {
      if (this.unavailable) throw this.unavailable;
      const index = queries.length;
      let settle: (page: Page) => void = () => {};
      let fail: (error: Error) => void = () => {};
      const page = new Promise<Page>((resolve, reject) => {
        settle = resolve;
        fail = reject;
      });
      page.catch(() => {});
      queries.push({
        sql,
        cancelled: false,
        page,
        end({ rows = [], error, updateCount, bytes } = {}) {
          if (error) fail(error);
          else settle({ progress: progress(index, bytes), columns, rows, updateCount });
        },
      });
      for (const watcher of watchers.splice(0)) watcher();
      return { progress: progress(index), rows: [], nextUri: String(index) };
    },
    next: (uri) => queries[Number(uri)]!.page,
    async cancel(uri) {
      const query = queries[Number(uri)]!;
      query.cancelled = true;
      query.end({ error: new EngineError('USER_CANCELED', 'USER_ERROR', 'Query was canceled') });
    },
    end: async () => 'FAILED',
  };
}
