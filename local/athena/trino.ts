import type { TrinoColumn, TrinoValue } from './format.ts';

/** Trino said that the statement failed. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly errorName: string;
  readonly errorType: string;

  constructor(errorName: string, errorType: string, message: string) {
    super(message);
    this.errorName = errorName;
    this.errorType = errorType;
  }
}

/** Trino did not answer, or forgot the query (it was restarted). */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError';
}

export interface Progress {
  queryId: string;
  bytesScanned: number;
  planningMillis: number;
  queuedMillis: number;
}

export interface Page {
  progress: Progress;
  nextUri?: string;
  columns?: TrinoColumn[];
  rows: TrinoValue[][];
  updateType?: string;
  updateCount?: number;
}

export interface Session {
  database?: string;
}

/** Trino's statement protocol: submit, then follow `nextUri` until there is none. */
export interface Engine {
  submit(sql: string, session: Session): Promise<Page>;
  next(uri: string): Promise<Page>;
  /** Asks Trino to cancel; what became of the query is what the next page says. */
  cancel(uri: string): Promise<void>;
  /** Ends the query if it still runs; answers its final state, or undefined if Trino does not know it. */
  end(queryId: string): Promise<string | undefined>;
}

interface RawPage {
  id: string;
  nextUri?: string;
  columns?: TrinoColumn[];
  data?: TrinoValue[][];
  updateType?: string;
  updateCount?: string;
  stats: Record<string, string | undefined>;
  error?: { errorName: string; errorType: string; message: string };
}

const BUSY = [429, 502, 503, 504];

/** An Engine over HTTP. A busy or unreachable Trino is asked again for `patienceMillis` before it counts as gone. */
export function trinoEngine(url: string, options: { patienceMillis?: number; user?: string } = {}): Engine {
  const patience = options.patienceMillis ?? 20_000;
  const headers = {
    'X-Trino-User': options.user ?? 'athena',
    'X-Trino-Source': 'athena-api',
    'X-Trino-Catalog': 'awsdatacatalog',
    'X-Trino-Time-Zone': 'UTC',
    // Without this Trino rounds every timestamp to milliseconds.
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
  };

  async function request(uri: string, init: RequestInit, retryRefused: boolean): Promise<Response> {
    const deadline = Date.now() + patience;
    for (;;) {
      try {
        const response = await fetch(uri, { ...init, signal: AbortSignal.timeout(120_000) });
        if (!BUSY.includes(response.status)) return response;
        await response.body?.cancel();
        if (Date.now() > deadline) throw new EngineUnavailableError(`Trino keeps answering ${response.status}`);
      } catch (error) {
        if (error instanceof EngineUnavailableError) throw error;
        if (!retryRefused || Date.now() > deadline) {
          throw new EngineUnavailableError(`Trino does not answer at ${new URL(uri).origin}`, { cause: error });
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function page(response: Response): Promise<Page> {
    const text = await response.text();
    if (response.status === 404 || response.status === 410) {
      throw new EngineUnavailableError('Trino no longer knows the query: it was restarted');
    }
    if (!response.ok) throw new EngineUnavailableError(`Trino answered ${response.status}: ${text.slice(0, 300)}`);
    return readPage(text);
  }

  return {
    async submit(sql, session) {
      const schema = session.database ? { 'X-Trino-Schema': session.database } : {};
      // Not sent again after a broken connection: the statement may have arrived.
      return page(
        await request(`${url}/v1/statement`, { method: 'POST', headers: { ...headers, ...schema }, body: sql }, false),
      );
    },
    async next(uri) {
      return page(await request(uri, { headers }, true));
    },
    async cancel(uri) {
      await (await request(uri, { method: 'DELETE', headers }, false)).body?.cancel();
    },
    async end(queryId) {
      const uri = `${url}/v1/query/${queryId}`;
      for (;;) {
        const response = await request(uri, { headers }, false);
        if (!response.ok) {
          await response.body?.cancel();
          return undefined;
        }
        const { state } = (await response.json()) as { state: string };
        if (state === 'FINISHED' || state === 'FAILED') return state;
        await (await request(uri, { method: 'DELETE', headers }, false)).body?.cancel();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
  };
}

/** Reads one answer of Trino; throws EngineError if it reports a failure. */
export function readPage(text: string): Page {
  const raw = parseExact(text) as RawPage;
  if (raw.error) throw new EngineError(raw.error.errorName, raw.error.errorType, raw.error.message);
  return {
    progress: {
      queryId: raw.id,
      bytesScanned: Number(raw.stats.physicalInputBytes ?? 0),
      planningMillis: Number(raw.stats.planningTimeMillis ?? 0),
      queuedMillis: Number(raw.stats.queuedTimeMillis ?? 0),
    },
    nextUri: raw.nextUri,
    columns: raw.columns,
    rows: raw.data ?? [],
    updateType: raw.updateType,
    updateCount: raw.updateCount === undefined ? undefined : Number(raw.updateCount),
  };
}

/** JSON whose numbers stay text: a snapshot id has 64 bits, and `1.0E10` is what Athena shows for a double. */
function parseExact(text: string): unknown {
  const keep = (_key: string, value: unknown, context: { source?: string }) =>
    typeof value === 'number' ? context.source : value;
  return JSON.parse(text, keep as (this: unknown, key: string, value: unknown) => unknown);
}
