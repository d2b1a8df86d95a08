import type { Execution, ExecutionStore } from './executions.ts';
import { isFinished } from './executions.ts';
import { describeFailure, interrupted, resultsNotWritten } from './failures.ts';
import { columnInfo, formatCell } from './format.ts';
import { quoteText } from './names.ts';
import type { PutObject } from './results.ts';
import { ResultWriter } from './results.ts';
import type { Translation } from './translate.ts';
import { translate } from './translate.ts';
import type { Engine, Page } from './trino.ts';
import { EngineError } from './trino.ts';

export interface RunnerPorts {
  store: ExecutionStore;
  engine: Engine;
  put: PutObject;
  /** How many queries run at once; the others wait as QUEUED. */
  maxRunning: number;
  now(): number;
}

class Cancelled extends Error {}

const SHUT_DOWN = 'The Athena API server was shut down while the query was running; the query was stopped';

interface Running {
  execution: Execution;
  nextUri?: string;
  cancelReason?: string;
  done: Promise<void>;
}

/** Runs queries to their end whether or not anybody asks for them. */
export class Runner {
  private readonly ports: RunnerPorts;
  private readonly queue: Execution[] = [];
  private readonly running = new Map<string, Running>();
  private shuttingDown = false;

  constructor(ports: RunnerPorts) {
    this.ports = ports;
  }

  enqueue(execution: Execution): void {
    this.queue.push(execution);
    this.fill();
  }

  private fill(): void {
    while (this.running.size < this.ports.maxRunning && this.queue.length > 0) {
      const execution = this.queue.shift()!;
      const running: Running = { execution, done: Promise.resolve() };
      this.running.set(execution.id, running);
      running.done = this.run(running).finally(() => {
        this.running.delete(execution.id);
        this.fill();
      });
    }
  }

  /** Cancels a query. One that is committing may still succeed; its state tells. */
  async stop(id: string, reason = 'Query cancelled by user'): Promise<void> {
    const waiting = this.queue.findIndex((execution) => execution.id === id);
    if (waiting >= 0) {
      const [execution] = this.queue.splice(waiting, 1);
      this.finish(execution!, { state: 'CANCELLED', reason });
      return;
    }
    const running = this.running.get(id);
    if (!running || running.cancelReason !== undefined) return;
    running.cancelReason = reason;
    if (running.nextUri) await this.ports.engine.cancel(running.nextUri);
  }

  /**
   * Cancels everything and waits until each query has its final state, but not longer than `patienceMillis`: what is
   * still open then is settled at the next start.
   */
  async shutDown(patienceMillis = 5000): Promise<void> {
    this.shuttingDown = true;
    for (const execution of this.queue.splice(0))
      this.finish(execution, { state: 'FAILED', ...interrupted(SHUT_DOWN) });
    const running = [...this.running.values()];
    await Promise.all(running.map((one) => this.stop(one.execution.id, SHUT_DOWN).catch(() => {})));
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise((resolve) => {
      timer = setTimeout(resolve, patienceMillis);
    });
    await Promise.race([Promise.all(running.map((one) => one.done)), enough]);
    clearTimeout(timer);
  }

  private finish(execution: Execution, end: Partial<Execution> & Pick<Execution, 'state'>): void {
    Object.assign(execution, end, { completed: this.ports.now() / 1000 });
    this.ports.store.save(execution);
  }

  private async run(running: Running): Promise<void> {
    const { execution } = running;
    const { store } = this.ports;
    execution.state = 'RUNNING';
    execution.started = this.ports.now() / 1000;
    store.save(execution);
    try {
      const translation = translate(execution.query, {
        database: execution.database ?? 'default',
        properties: (table) => store.tableProperties(`${table.database}.${table.table}`),
      });
      await this.execute(running, translation);
    } catch (error) {
      if (isFinished(execution.state)) return;
      // Nobody asked for this end, so it is not CANCELLED.
      if (error instanceof Cancelled && this.shuttingDown) {
        this.finish(execution, { state: 'FAILED', ...interrupted(SHUT_DOWN) });
      } else if (error instanceof Cancelled)
        this.finish(execution, { state: 'CANCELLED', reason: running.cancelReason });
      else this.finish(execution, { state: 'FAILED', ...describeFailure(error) });
    }
  }

  private async execute(running: Running, translation: Translation): Promise<void> {
    const { execution } = running;
    const { store, put } = this.ports;
    const rowsWanted = translation.substatementType === 'SELECT' || translation.statementType === 'UTILITY';
    const header = translation.substatementType === 'SELECT' || translation.substatementType === 'EXPLAIN';
    const writer = rowsWanted ? new ResultWriter(store.resultFile(execution.id), header ? 'csv' : 'txt') : undefined;
    try {
      for (const statement of translation.statements) {
        await this.follow(running, withParameters(statement, execution.parameters), writer, header);
      }
    } catch (error) {
      await writer?.discard();
      throw error;
    }
    this.remember(translation);
    if (writer) {
      execution.rows = writer.rows;
      execution.header = header;
      try {
        await writer.publish(execution.outputLocation, put);
      } catch (error) {
        this.finish(execution, { state: 'FAILED', ...resultsNotWritten(execution.outputLocation, error) });
        return;
      }
    }
    this.finish(execution, { state: 'SUCCEEDED' });
  }

  private async follow(
    running: Running,
    statement: string,
    writer: ResultWriter | undefined,
    header: boolean,
  ): Promise<void> {
    const { execution } = running;
    const { engine, store } = this.ports;
    if (running.cancelReason !== undefined) throw new Cancelled();
    const before = execution.bytesScanned;
    let page: Page = await engine.submit(statement, { database: execution.database });
    execution.trinoId = page.progress.queryId;
    store.save(execution);
    let columnsSeen = false;
    try {
      for (;;) {
        execution.bytesScanned = before + page.progress.bytesScanned;
        execution.planningMillis = Math.max(execution.planningMillis, page.progress.planningMillis);
        if (page.updateCount !== undefined) execution.updateCount = page.updateCount;
        if (page.columns && !columnsSeen && writer) {
          columnsSeen = true;
          execution.columns = page.columns.map(columnInfo);
          if (header) await writer.header(page.columns.map((column) => column.name));
        }
        const columns = page.columns ?? [];
        await writer?.write(
          page.rows.map((row) => row.map((cell, index) => formatCell(cell, columns[index]!.typeSignature))),
        );
        running.nextUri = page.nextUri;
        if (!page.nextUri) break;
        await this.obeyLimits(running);
        page = await engine.next(page.nextUri);
      }
    } catch (error) {
      // Whatever cancelled the query, only Trino's word says that it did not commit.
      if (error instanceof EngineError && error.errorName === 'USER_CANCELED') throw new Cancelled();
      throw error;
    } finally {
      running.nextUri = undefined;
    }
  }

  private async obeyLimits(running: Running): Promise<void> {
    const { execution } = running;
    if (running.cancelReason !== undefined) await this.ports.engine.cancel(running.nextUri!);
    else if (execution.bytesCutoff !== undefined && execution.bytesScanned > execution.bytesCutoff) {
      await this.stop(execution.id, 'Bytes scanned limit was exceeded');
    }
  }

  private remember(translation: Translation): void {
    const { remember } = translation;
    if (!remember) return;
    const { store } = this.ports;
    const key = `${remember.table.database}.${remember.table.table}`;
    if (remember.change === 'forget') store.setTableProperties(key, undefined);
    else if (remember.change === 'replace') store.setTableProperties(key, remember.properties);
    else if (remember.change === 'merge') {
      store.setTableProperties(key, { ...store.tableProperties(key), ...remember.properties });
    } else store.setTableProperties(key, { ...remember.properties, ...store.tableProperties(key) });
  }
}

function withParameters(statement: string, parameters: string[] | undefined): string {
  if (!parameters?.length) return statement;
  return `EXECUTE IMMEDIATE ${quoteText(statement)} USING ${parameters.join(', ')}`;
}

/**
 * After a start: what an earlier process left running is ended in Trino, so that nothing commits behind the back of
 * whoever is told FAILED, and marked.
 */
export async function settleAbandoned(ports: Pick<RunnerPorts, 'store' | 'engine' | 'now'>): Promise<number> {
  const abandoned = ports.store.all().filter((execution) => !isFinished(execution.state));
  for (const execution of abandoned) {
    const state = execution.trinoId ? await ports.engine.end(execution.trinoId).catch(() => undefined) : undefined;
    const fate =
      state === 'FINISHED'
        ? 'Trino had finished it: what it changed is committed'
        : state === 'FAILED'
          ? 'it was stopped before it could commit'
          : execution.trinoId
            ? 'Trino no longer knows it, so whether it committed is not known'
            : 'it had not begun';
    const reason = `The Athena API server was restarted while the query was ${execution.state}; ${fate}`;
    Object.assign(execution, { state: 'FAILED', ...interrupted(reason), completed: ports.now() / 1000 });
    ports.store.save(execution);
  }
  return abandoned.length;
}
