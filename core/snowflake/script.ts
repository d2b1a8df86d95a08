import { isTable, type Mart } from '../gold/mart.ts';
import { createView, type World } from '../gold/statements.ts';
import { fragment } from '../merge/tables.ts';
import { renderSql, type Values } from '../sql/render.ts';
import { tokenise } from '../sql/tokens.ts';
import { toSnowflake } from './dialect.ts';

/** What Snowflake is told about a stage; all of it is known before any object is made there. */
export interface Place {
  stage: string;
  region: string;
  partition: string;
  accountId: string;
  lakeBucket: string;
  databases: { silver: string; gold: string };
}

export interface Script {
  statements: string[];
  /** Tables and views that the contracts and marts promise and that cannot be made yet, as `silver.orders`. */
  missing: string[];
}

/** Snowflake charges for each look at the catalog; files come by the hour, not by the second. */
const refreshSeconds = 300;

/** Names of the account's objects: several stages may be read from one Snowflake account. */
export const namesOf = ({ stage }: Pick<Place, 'stage'>) => ({
  volume: `tributary_${stage}_lake`,
  integration: `tributary_${stage}_glue`,
  database: `tributary_${stage}`,
  role: `tributary_${stage}_analyst`,
});

/** The name of the role in resources/snowflake.yml; known before the role is there, since Snowflake is told of it first. */
export const roleArn = ({ partition, accountId, stage }: Place): string =>
  `arn:${partition}:iam::${accountId}:role/tributary-${stage}-snowflake`;

/** What connects Snowflake with the stage, and shows whom the role has to trust. */
export function connectScript(files: World['files'], place: Place): string[] {
  const { volume, integration } = namesOf(place);
  const role = roleArn(place);
  const statement = statements(files);
  return [
    statement('external-volume', {
      identifiers: { volume },
      literals: { location: `tributary-${place.stage}`, bucket: `s3://${place.lakeBucket}/`, role },
    }),
    statement('catalog-integration', {
      identifiers: { integration },
      literals: {
        namespace: place.databases.silver,
        endpoint: `https://glue.${place.region}.amazonaws.com/iceberg`,
        account: place.accountId,
        role,
        region: place.region,
        seconds: refreshSeconds,
      },
    }),
    statement('describe-volume', { identifiers: { volume } }),
    statement('describe-integration', { identifiers: { integration } }),
  ];
}

/**
 * Every table and view of the stage, and the analysts' grants. `isThere` says whether Glue has a table: a dataset's comes
 * with its first file. Views are made from the same text as in Athena.
 */
export function tablesScript(
  world: Omit<World, 'databases'>,
  marts: Mart[],
  place: Place,
  isThere: (area: 'silver' | 'gold', table: string) => boolean,
): Script {
  const { database, role } = namesOf(place);
  const statement = statements(world.files);
  const tables = [
    ...Object.keys(world.datasets).map((name) => ({ area: 'silver' as const, name })),
    ...marts.filter(isTable).map(({ name, layer }) => ({ area: layer, name })),
  ];
  const databases = { staging: 'staging', silver: 'silver', gold: 'gold', ops: 'ops' };
  const views = marts
    .filter((mart) => !isTable(mart) && !readsHeld(world, mart))
    .map((mart) => ({
      target: `${mart.layer}.${mart.name}`,
      sql: toSnowflake(createView({ ...world, databases }, mart)),
    }));
  const made = new Set<string>();
  const missing: string[] = [];
  const body: string[] = [];
  for (const { area, name } of tables) {
    const target = `${area}.${name}`;
    if (isThere(area, name)) {
      made.add(target);
      body.push(icebergTable(world.files, place, area, name));
    } else missing.push(target);
  }
  // A view may read another one.
  let waiting = views;
  for (;;) {
    const ready = waiting.filter(({ target, sql }) => reads(sql, target).every((name) => made.has(name)));
    if (ready.length === 0) break;
    for (const { target, sql } of ready) {
      made.add(target);
      body.push(sql);
    }
    waiting = waiting.filter(({ target }) => !made.has(target));
  }
  missing.push(...waiting.map(({ target }) => target));
  const grant = (privilege: string, securable: string) =>
    statement('grant', {
      identifiers: { privilege: fragment(privilege), securable: fragment(securable), role },
    });
  return {
    statements: [
      statement('create-database', { identifiers: { database } }),
      statement('use-database', { identifiers: { database } }),
      ...['silver', 'gold'].map((schema) => statement('create-schema', { identifiers: { schema } })),
      ...body,
      statement('create-role', { identifiers: { role } }),
      grant('usage', `database ${database}`),
      ...['silver', 'gold'].flatMap((schema) => [
        grant('usage', `schema ${schema}`),
        grant('select', `all iceberg tables in schema ${schema}`),
        grant('select', `all views in schema ${schema}`),
      ]),
    ],
    missing,
  };
}

const statements = (files: World['files']) => (name: string, values: Values) =>
  renderSql(files[`snowflake/${name}`]!, values);

function icebergTable(files: World['files'], place: Place, area: 'silver' | 'gold', table: string): string {
  const { volume, integration } = namesOf(place);
  return statements(files)('iceberg-table', {
    identifiers: { target: `${area}.${table}` },
    literals: { volume, integration, namespace: place.databases[area], table },
  });
}

/**
 * Rows that wait for a parent are shown in Athena only: Snowflake's documentation allows IN with a subquery in WHERE, and
 * these views have one among their columns.
 */
const readsHeld = (world: Omit<World, 'databases'>, mart: Mart): boolean =>
  mart.sources.some((source) => source in world.datasets && mart.select.includes(`{${source}_held}`));

/** Tables and views that a statement names, but for the one that it makes. */
function reads(sql: string, target: string): string[] {
  const code = tokenise(sql)
    .filter(({ kind }) => kind === 'code')
    .map(({ text }) => text)
    .join(' ');
  const named = [...code.matchAll(/\b(?:silver|gold)\.[a-z][a-z0-9_]*/g)].map(([name]) => name);
  return named.filter((name) => name !== target);
}
