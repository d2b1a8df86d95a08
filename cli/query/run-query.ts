import { type QueryState, queryPages, queryState, type ResultPage, startQuery, stopQuery } from '../../aws/query.ts';
import { renderSql, type Values } from '../../core/sql/render.ts';
import type { Session } from '../context.ts';
import { FailedError, UsageError } from '../exit.ts';

export interface Answered {
  id: string;
  state: QueryState;
  pages: AsyncGenerator<ResultPage>;
}

/**
 * Runs a query in the analysts' workgroup, with `{staging}`, `{silver}`, `{gold}` and `{ops}` for the stage's databases.
 * Ctrl-C stops it there too. Throws UsageError for SQL that can't be rendered, FailedError with Athena's reason.
 */
export async function runQuery(session: Session, sql: string, literals: Values['literals'] = {}): Promise<Answered> {
  const { databases, analystsWorkgroup } = await session.stack();
  const id = await startQuery(render(sql, databases, literals), analystsWorkgroup, databases.gold);
  const interrupt = () => void stopQuery(id).finally(() => process.exit(130));
  process.once('SIGINT', interrupt);
  try {
    const state = await finished(session, id);
    if (state.state !== 'succeeded') throw new FailedError(`the query ${state.state}: ${state.reason}`);
    return { id, state, pages: queryPages(id, state.hasHeader) };
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

function render(sql: string, databases: Record<string, string>, literals: Values['literals']): string {
  // Athena takes one statement, without the semicolon that people end it with.
  const statement = sql.trim().replace(/;\s*$/, '');
  if (statement === '') throw new UsageError('the query is empty');
  try {
    return renderSql(statement, { identifiers: databases, literals }, Object.keys(databases));
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

async function finished(session: Session, id: string): Promise<QueryState> {
  for (let pause = 100; ; pause = Math.min(pause * 1.3, 1_500)) {
    const state = await queryState(id);
    if (state.state !== 'running') return state;
    await session.clock.sleep(pause);
  }
}

/** All rows of a result that is known to be small. */
export async function allRows(answered: Answered): Promise<ResultPage> {
  const all: ResultPage = { columns: [], rows: [] };
  for await (const page of answered.pages) {
    all.columns = page.columns;
    all.rows.push(...page.rows);
  }
  return all;
}
