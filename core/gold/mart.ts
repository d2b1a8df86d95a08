import { createHash } from 'node:crypto';
import type { Dataset } from '../contract/dataset.ts';
import { waitsFor } from '../contract/references.ts';
import { ContractError } from '../errors.ts';
import type { SqlFiles } from '../merge/statements.ts';
import { type Datasets, heldReferences } from '../silver/relations.ts';
import { tokenise } from '../sql/tokens.ts';

/**
 * A gold table or view: one SELECT in `sql/gold/<name>.sql` with a header that says how it is kept up to date. Views of
 * silver are made from contracts and kept the same way.
 */
export interface Mart {
  name: string;
  layer: 'gold' | 'silver';
  /**
   * Silver datasets that the SELECT reads as `{dataset}`, or as `{dataset_history}` and `{dataset_held}`; a view may also
   * read marts.
   */
  sources: string[];
  /** Further datasets, which rows of the sources wait for. */
  parents: string[];
  /** Marts whose rows this one's refer to: they are made with it, since they have a member `unknown` from the first. */
  companions: string[];
  /**
   * `partition` and `key`: only the dirty values of one column are recomputed; a partition column also partitions the
   * table. `full`: everything is. `view`: nothing is stored.
   */
  refresh: { kind: 'partition' | 'key'; column: string } | { kind: 'full' } | { kind: 'view' };
  /** Columns that make a row of the mart unique; never null. */
  key: string[];
  /** By source: a SELECT of the values of the refresh column that the rows of `{changed}` bear on. */
  dirty: Record<string, string>;
  select: string;
  /** Changes with the SELECT, the header, or what a source shows of its rows: the table is then rebuilt in full. */
  definition: string;
}

const entry = /^--\s*(sources|with|refresh|key|dirty (?<source>[a-z][a-z0-9_]*)):\s*(?<value>.*)$/;
const continuation = /^--\s{4,}(?<value>\S.*)$/;

/** Reads a mart from the text of its file. Throws ContractError naming the file and what its header lacks. */
export function parseMart(name: string, text: string, datasets: Datasets): Mart {
  const fields = headerFields(text);
  const fail = (reason: string): never => {
    throw new ContractError(`sql/gold/${name}.sql: ${reason}`);
  };
  const words = (field: string) => (fields.get(field) ?? '').split(/[\s,]+/).filter(Boolean);
  const sources = words('sources');
  if (sources.length === 0) fail('the header has no line "-- sources: <dataset>, …"');
  const refresh =
    parseRefresh(words('refresh')) ?? fail('"-- refresh:" must be partition <column>, key <column>, full or view');
  const companions = words('with');
  const key = words('key');
  if (refresh.kind !== 'view' && key.length === 0) fail('the header has no line "-- key: <column>, …"');
  const dirty: Record<string, string> = {};
  if ('column' in refresh) {
    if (!key.includes(refresh.column)) fail(`the refresh column ${refresh.column} must be one of the key columns`);
    for (const source of sources) {
      dirty[source] =
        fields.get(`dirty ${source}`) ?? fail(`the header has no line "-- dirty ${source}: select … from {changed}"`);
    }
  }
  const used = new Set(
    tokenise(text)
      .filter(({ kind }) => kind === 'placeholder')
      .map((token) => token.text.slice(1, -1)),
  );
  const forms = (source: string) => [source, `${source}_history`, `${source}_held`];
  const missing = sources.filter((source) => !forms(source).some((form) => used.has(form)));
  if (missing.length > 0) fail(`the SELECT does not read {${missing.join('}, {')}}, named under sources`);
  const waiting = sources.find((source) => used.has(`${source}_held`));
  if ('column' in refresh && waiting !== undefined) {
    // A row that begins to wait is not among those that a mart can see change.
    fail(`only marts with "-- refresh: full" or view can read {${waiting}_held}`);
  }
  const parents = parentsOf(datasets, sources);
  const shapes = [...sources, ...parents].map((source) => shapeOf(datasets[source])).join('');
  const definition = createHash('sha256').update(`${text}${shapes}`).digest('hex').slice(0, 16);
  return { name, layer: 'gold', sources, parents, companions, refresh, key, dirty, select: text, definition };
}

/** Datasets that rows of these wait for, without these. */
export function parentsOf(datasets: Datasets, sources: string[]): string[] {
  const all = sources.reduce((known, source) => waitsFor(datasets, source, known), [] as string[]);
  return all.filter((name) => !sources.includes(name));
}

/** What beside its columns decides which rows of a dataset are seen; nothing for one that just has its rows. */
function shapeOf(dataset: Dataset | undefined): string {
  if (dataset === undefined) return '';
  const { history, key, versionColumns, deletedColumn, columns } = dataset;
  const held = heldReferences(dataset);
  const versions = history === 'scd2' && {
    key,
    versionColumns,
    deletedColumn,
    columns: columns.map(({ name }) => name),
  };
  return versions || held.length > 0 ? JSON.stringify([versions, held]) : '';
}

function parseRefresh([kind, column, ...more]: string[]): Mart['refresh'] | undefined {
  if (more.length > 0) return undefined;
  if ((kind === 'partition' || kind === 'key') && column !== undefined) return { kind, column };
  if ((kind === 'full' || kind === 'view') && column === undefined) return { kind };
  return undefined;
}

/** Header lines `-- field: value`; a line indented by four or more spaces continues the one before. */
function headerFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of text.split('\n')) {
    if (!line.startsWith('--')) break;
    const more = continuation.exec(line);
    const start = entry.exec(line);
    if (start !== null) {
      last = start[1]!;
      fields.set(last, start.groups!.value!.trim());
    } else if (more !== null && last !== undefined) {
      fields.set(last, `${fields.get(last)} ${more.groups!.value!.trim()}`);
    } else {
      last = undefined;
    }
  }
  return fields;
}

/** All marts and the views of silver, tables before the views over them. Throws ContractError, as parseMart. */
export function parseMarts(files: SqlFiles, datasets: Datasets): Mart[] {
  const gold = Object.entries(files)
    .filter(([path]) => path.startsWith('gold/'))
    .map(([path, text]) => parseMart(path.slice('gold/'.length), text, datasets));
  const marts = [...gold, ...Object.values(datasets).flatMap((dataset) => silverViews(datasets, dataset))];
  const names = marts.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index || Object.hasOwn(datasets, name));
  if (twice !== undefined)
    throw new ContractError(
      `there are two things named ${twice}: name the dataset or sql/gold/${twice}.sql in another way`,
    );
  const tables = marts.filter(isTable);
  for (const mart of marts) {
    const unknown = mart.companions.find((companion) => !tables.some(({ name }) => name === companion));
    if (unknown !== undefined)
      throw new ContractError(`sql/gold/${mart.name}.sql: "-- with:" names ${unknown}, which is no mart with a table`);
  }
  return [...tables, ...marts.filter((mart) => !isTable(mart))];
}

/** Names of all views that a contract can ask for. */
export const silverViewNames = (dataset: string): string[] =>
  ['current', 'history', 'held'].map((what) => `${dataset}_${what}`);

/** The views that a contract asks for: what of its table counts now, its history, and what waits. */
function silverViews(datasets: Datasets, dataset: Dataset): Mart[] {
  const { name, history, deletedColumn } = dataset;
  const waits = heldReferences(dataset).length > 0;
  const views = [
    ...(history === 'scd2' || deletedColumn !== undefined || waits ? [[`${name}_current`, name]] : []),
    ...(history === 'scd2' ? [[`${name}_history`, `${name}_history`]] : []),
    ...(waits ? [[`${name}_held`, `${name}_held`]] : []),
  ] as [string, string][];
  return views.map(([view, relation]) => ({
    name: view,
    layer: 'silver',
    sources: [name],
    parents: parentsOf(datasets, [name]),
    companions: [],
    refresh: { kind: 'view' },
    key: [],
    dirty: {},
    select: `select * from {${relation}}`,
    definition: '',
  }));
}

/** Everything whose changes bear on a mart. */
export const readBy = ({ sources, parents }: Mart): string[] => [...sources, ...parents];

export const isTable = (mart: Mart): boolean => mart.refresh.kind !== 'view';

/**
 * The marts that a change of this dataset bears on, in the order in which to refresh them: tables, then views over them.
 * A view brings the tables that it reads, and a mart its companions, since they are of no use without them.
 */
export function martsOf(marts: Mart[], dataset: string): Mart[] {
  const reads = (mart: Mart, names: Set<string>) => readBy(mart).some((source) => names.has(source));
  const direct = marts.filter((mart) => reads(mart, new Set([dataset])));
  const touched = new Set([dataset, ...direct.filter(isTable).map((mart) => mart.name)]);
  const views = marts.filter((mart) => !isTable(mart) && reads(mart, touched));
  const brought = new Set([...views.flatMap((mart) => mart.sources), ...direct.flatMap((mart) => mart.companions)]);
  return [...marts.filter((mart) => isTable(mart) && (direct.includes(mart) || brought.has(mart.name))), ...views];
}
