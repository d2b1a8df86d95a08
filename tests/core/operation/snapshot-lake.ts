import { readSqlFiles } from '../../../aws/project-files.ts';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { parseMarts } from '../../../core/gold/mart.ts';
import { type GoldPorts, refreshMarts } from '../../../core/gold/refresh.ts';
import { getFile } from '../../../core/ledger/files.ts';
import { stageFile } from '../../../core/ledger/table.ts';
import type { NamedType } from '../../../core/merge/tables.ts';
import { finishRollback, rollbackTable } from '../../../core/operation/rollback.ts';
import { planRollback } from '../../../core/operation/rollback-plan.ts';
import { finishUndo, undoFile } from '../../../core/operation/undo.ts';
import { type IdentifyPorts, identifyFile } from '../../../core/pipeline/identify.ts';
import { runInput } from '../../../core/pipeline/keys.ts';
import type { Athena } from '../../../core/ports.ts';
import { currentRows } from '../../../core/silver/relations.ts';
import { content, type DuckLake, duckLake, fileIdOf, fileRef, type Thing } from './duck-lake.ts';

const mart = `-- Rows and amounts by day.
-- sources: things
-- key: day
-- refresh: partition day
-- dirty things: select day from {changed}
select day, count(*) as things, sum(amount) as amount
from {things}
group by day
`;

interface Kept {
  id: string;
  parent: string | null;
  at: string;
  operation: string;
  rows: number;
}

export interface SnapshotLake extends DuckLake {
  ports: DuckLake['ports'] & GoldPorts;
  snapshots: Kept[];
  /** The newest snapshot. */
  last(): string;
  /** Makes a snapshot that no row tells of, as OPTIMIZE does. */
  rewrite(): Promise<void>;
  /** Lets the oldest snapshots go. */
  expire(left: number): Promise<void>;
  /** Runs a statement that is not the pipeline's. */
  sql(text: string): Promise<(string | null)[][]>;
  /** Rows of silver, or of one of its snapshots, as they are compared. */
  content(snapshot?: string): Promise<string[]>;
  /** Rows that the mart has and its SELECT has not, and the other way round. */
  goldDifferences(): Promise<(string | null)[][]>;
  identify: IdentifyPorts;
}

const firstId = 1_000_000_000_000_000_000n;

/** A lake whose every commit can be gone back to, with a mart; the tables of the snapshots lie beside the one of now. */
export async function snapshotLake(
  key: string[] = ['id'],
  history: Dataset['history'] = 'latest',
): Promise<SnapshotLake> {
  const lake = await duckLake(key, history);
  const { athena: inner, clock, ledger } = lake.ports;
  const files = { ...readSqlFiles(), 'gold/things_by_day': mart };
  const marts = parseMarts({ 'gold/things_by_day': mart }, { things: lake.dataset });
  const snapshots: Kept[] = [];
  const answers = new Map<string, (string | null)[][]>();
  const texts = new Map<string, string>();
  const seen = new Set<string>();
  let asked = 0;

  const sql: SnapshotLake['sql'] = async (text) => {
    const id = await inner.start(text, `test ${++asked}`);
    const { hold } = lake.control;
    lake.control.hold = false;
    const status = await inner.get(id);
    lake.control.hold = hold;
    if (status.state !== 'succeeded') throw new Error(`${JSON.stringify(status)} ${text}`);
    return inner.rows(id);
  };
  const last = () => snapshots.at(-1)!.id;
  const keep = async (operation: string) => {
    const id = String(firstId + BigInt(clock.now().getTime()) * 1000n + BigInt(++asked));
    await sql(`create table si.things_snapshot_${id} as from si.things`);
    const rows = Number((await sql('select count(*) from si.things'))[0]![0]);
    snapshots.push({ id, parent: snapshots.at(-1)?.id ?? null, at: clock.now().toISOString(), operation, rows });
    lake.clock.advance(1);
  };
  const hasChanged = async () => {
    const before = `si.things_snapshot_${last()}`;
    const [found] = await sql(
      `select (select count(*) from (select * exclude (meta_batch_seq) from si.things except all select * exclude (meta_batch_seq) from ${before}))
            + (select count(*) from (select * exclude (meta_batch_seq) from ${before} except all select * exclude (meta_batch_seq) from si.things))`,
    ).catch(() => [['1']]);
    return found![0] !== '0';
  };
  const translate = (text: string) =>
    text
      .replaceAll(/\bsi\.things for version as of (\d+)/g, 'si.things_snapshot_$1')
      .replace(/\bwith \(\n {2}table_type[\s\S]*?\n\)\nas/, 'as');
  const athena: Athena = {
    async start(text, token) {
      texts.set(token, text);
      if (!text.includes('$snapshots')) return inner.start(translate(text), token);
      const lines = snapshots.map(({ id, parent, at, operation, rows }) => [
        id,
        parent,
        at,
        operation,
        `${rows + 2}`,
        '2',
      ]);
      answers.set(token, structuredClone(lines));
      return token;
    },
    async get(id) {
      if (answers.has(id)) return { state: 'succeeded', bytesScanned: 1 };
      const status = await inner.get(id);
      const writes = /^(merge into|insert into|delete from|update) si\./.test(texts.get(id)!);
      if (status.state === 'succeeded' && writes && !seen.has(id)) {
        seen.add(id);
        // As on Trino: a MERGE that changes nothing commits nothing.
        if (await hasChanged()) await keep('overwrite');
      }
      return status;
    },
    rows: async (id) => answers.get(id) ?? inner.rows(id),
    columns: async (id) => {
      const described = await sql(`describe ${translate(texts.get(id)!)}`);
      return described.map(([name, type]) => ({ name: name!, type: type!.toLowerCase() }));
    },
  };
  const columns = async (schema: string, table: string): Promise<NamedType[] | undefined> => {
    const known = await sql(
      `select column_name, lower(data_type) from information_schema.columns
       where table_schema = '${schema}' and table_name = '${table}' order by ordinal_position`,
    );
    return known.length === 0 ? undefined : known.map(([name, type]) => ({ name: name!, type: type! }));
  };
  Object.assign(lake.ports, {
    athena,
    files,
    marts,
    datasets: { things: lake.dataset },
    catalog: {
      ...lake.ports.catalog,
      columns,
      exists: async (schema: string, table: string) => (await columns(schema, table)) !== undefined,
      currentSnapshot: async () => last(),
    },
  });
  const ports = lake.ports as SnapshotLake['ports'];
  await sql('create schema go');
  await keep('append');
  const drop: DuckLake['drop'] = async (...given) => {
    await lake.drop(...given);
    await refresh(ports, `run${given[0]}`);
  };
  const goldDifferences = async () => {
    if ((await columns('go', 'things_by_day')) === undefined) return [];
    const current = currentRows({ datasets: { things: lake.dataset }, table: () => 'si.things' }, lake.dataset);
    const select = `(select day, count(*) as things, sum(amount) as amount from ${current} group by day)`;
    return sql(
      `(from go.things_by_day except all from ${select}) union all (from ${select} except all from go.things_by_day)`,
    );
  };
  const rowsOf: SnapshotLake['content'] = async (snapshot) => {
    const table = snapshot === undefined ? 'si.things' : `si.things_snapshot_${snapshot}`;
    const names = ['id', 'amount', 'day', 'meta_version', 'meta_deleted', 'meta_file_id'];
    const found = await sql(
      `select id, amount, cast(day as varchar), meta_version, meta_deleted, meta_file_id from ${table}`,
    );
    const typed = (row: (string | null)[]) =>
      Object.fromEntries(
        names.map((name, n) => [
          name,
          name === 'amount' ? Number(row[n]) : name === 'meta_deleted' ? row[n] === 'true' : row[n],
        ]),
      );
    return found.map((row) => content(lake.dataset, typed(row))).sort();
  };
  const identify: IdentifyPorts = {
    ledger,
    clock,
    landing: { head: async () => undefined, versionWithEtag: async () => undefined },
    bronze: { exists: async () => true, freeze: async () => undefined, writeJson: async () => undefined },
    catalog: ports.catalog,
    datasets: ['things'],
  };
  return {
    ...lake,
    ports,
    drop,
    snapshots,
    last,
    sql,
    identify,
    goldDifferences,
    content: rowsOf,
    rewrite: () => keep('replace'),
    async expire(left) {
      for (const { id } of snapshots.splice(0, snapshots.length - left))
        await sql(`drop table if exists si.things_snapshot_${id}`);
    },
  };
}

async function refresh(ports: GoldPorts, run: string): Promise<void> {
  for (let calls = 0; calls < 50; calls++) {
    if ((await refreshMarts(ports, 'things', run)).outcome === 'refreshed') return;
  }
  throw new Error('gold does not follow');
}

/** The states of the rollback machine, as a run goes through them. */
export async function rollback(
  lake: SnapshotLake,
  to: string,
  run = 'run:rollback',
  ports = lake.ports,
): Promise<string> {
  const plan = await planRollback(ports, { things: lake.dataset }, { dataset: 'things', to, dry_run: false }, run);
  if (plan.next !== 'rollback') return plan.next;
  for (let calls = 0; calls < 100; calls++) {
    const { outcome } = await rollbackTable(ports, lake.dataset, plan, run);
    if (outcome === 'waiting') return outcome;
    if (outcome === 'running') continue;
    if (outcome === 'rolled_back') await refresh(ports, run);
    await finishRollback(ports, plan, run);
    return outcome;
  }
  return 'running';
}

export async function undo(lake: SnapshotLake, n: number, run = `undo${n}`, ports = lake.ports): Promise<string> {
  for (let calls = 0; calls < 100; calls++) {
    const { outcome } = await undoFile(ports, lake.dataset, fileIdOf(n), run);
    if (outcome === 'running') continue;
    await refresh(ports, run);
    await finishUndo(ports, lake.dataset, fileIdOf(n), run);
    return outcome;
  }
  return 'running';
}

/** The beginning of a run of `ingest` that is to bring a file back which is out: it waits to be merged then. */
export async function stageAgain(lake: SnapshotLake, n: number, run = `again${n}`): Promise<string> {
  const { undone_at } = (await getFile(lake.ports.ledger, fileIdOf(n)))!;
  const { next } = await identifyFile(lake.identify, { ...runInput(fileRef(n)), again: undone_at! }, run);
  if (next === 'merge') await stageFile(lake.ports.ledger, lake.clock, fileIdOf(n));
  return next;
}

/** The rest of it: all that waits is merged, and gold follows. */
export async function mergeAgain(lake: SnapshotLake, n: number, run = `again${n}`): Promise<string> {
  await lake.lead(n, run);
  await refresh(lake.ports, run);
  return (await getFile(lake.ports.ledger, fileIdOf(n)))!.status;
}

/** The whole of it. */
export async function again(lake: SnapshotLake, n: number, run = `again${n}`): Promise<string> {
  const next = await stageAgain(lake, n, run);
  return next === 'merge' ? mergeAgain(lake, n, run) : next;
}

export const thing = (id: string, amount: number, version: number, day = '2026-03-01'): Thing => ({
  id,
  amount,
  version,
  day,
});

export const statusOf = async (lake: SnapshotLake, n: number) =>
  (await getFile(lake.ports.ledger, fileIdOf(n)))?.status;
