import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TrinoSettings {
  /** Folder for Trino's configuration and data. */
  folder: string;
  port: number;
  awsEndpoint: string;
  region: string;
  /** Where a table goes whose statement names no location. */
  warehouse: string;
  /** Folder with Trino's `lib` and `plugin`. */
  installation: string;
  java: string;
}

/**
 * Writes Trino's configuration: one node on 127.0.0.1, and one Glue catalog seen through the Iceberg and the Hive
 * connector, each redirecting to the other, so that one name reads Iceberg and external tables as in Athena.
 */
export function writeTrinoConfig(settings: TrinoSettings): void {
  const { folder, port, installation } = settings;
  const catalogs = join(folder, 'catalog');
  mkdirSync(catalogs, { recursive: true });
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeProperties(join(folder, 'config.properties'), {
    coordinator: 'true',
    'node-scheduler.include-coordinator': 'true',
    'http-server.http.port': String(port),
    'http-server.log.enabled': 'false',
    'discovery.uri': `http://127.0.0.1:${port}`,
    'node.internal-address': '127.0.0.1',
    // Trino listens on every interface otherwise.
    'node.bind-ip': '127.0.0.1',
    // Together with the headroom these have to fit into the heap of 1 GB.
    'query.max-memory': '300MB',
    'query.max-memory-per-node': '300MB',
    'memory.heap-headroom-per-node': '300MB',
    'plugin.dir': join(installation, 'plugin'),
    'catalog.config-dir': catalogs,
  });
  const shared = glueAndS3(settings);
  writeProperties(join(catalogs, 'awsdatacatalog.properties'), {
    'connector.name': 'iceberg',
    'iceberg.catalog.type': 'glue',
    'iceberg.file-format': 'PARQUET',
    'iceberg.unique-table-location': 'true',
    'iceberg.hive-catalog-name': 'hive',
    'iceberg.expire-snapshots.min-retention': '0s',
    'iceberg.remove-orphan-files.min-retention': '0s',
    ...shared,
  });
  writeProperties(join(catalogs, 'hive.properties'), {
    'connector.name': 'hive',
    'hive.metastore': 'glue',
    'hive.iceberg-catalog-name': 'awsdatacatalog',
    'hive.recursive-directories': 'true',
    'hive.non-managed-table-writes-enabled': 'true',
    ...shared,
  });
}

/** The command that runs Trino with this configuration, without the scripts of its distribution (they need a Python of their own). */
export function trinoCommand({ folder, installation, java }: TrinoSettings): { command: string; args: string[] } {
  return {
    command: java,
    args: [
      '-Xmx1G',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-XX:ReservedCodeCacheSize=256M',
      '-XX:+ExitOnOutOfMemoryError',
      // The first clean stop leaves an archive of loaded classes, with which later starts take two thirds of the time.
      '-XX:+AutoCreateSharedArchive',
      `-XX:SharedArchiveFile=${join(installation, 'classes.jsa')}`,
      '-Xlog:disable',
      '-Djdk.attach.allowAttachSelf=true',
      '-Dfile.encoding=UTF-8',
      '--enable-native-access=ALL-UNNAMED',
      '--sun-misc-unsafe-memory-access=allow',
      '-Dnode.environment=local',
      '-Dnode.id=local',
      `-Dnode.data-dir=${join(folder, 'data')}`,
      `-Dconfig=${join(folder, 'config.properties')}`,
      '-cp',
      join(installation, 'lib', '*'),
      'io.trino.server.TrinoServer',
    ],
  };
}

/**
 * Whether Trino answers real queries. It says that it has started before it can, and it answers a query without a table
 * some seconds before it finds itself among the nodes that may read a catalog; so tables of the lake, if there are any,
 * are read too.
 */
export async function trinoAnswers(url: string, timeoutMilliseconds = 10_000): Promise<boolean> {
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  try {
    const tables = await ask(url, someTables, signal);
    if (tables.error) return false;
    for (const [schema, table] of tables.rows) {
      const { error } = await ask(url, `SELECT 1 FROM awsdatacatalog."${schema}"."${table}" LIMIT 1`, signal);
      // Any other error is this table's own.
      if (error && notYet.has(error)) return false;
    }
    return true;
  } catch {
    return false;
  }
}

const someTables = `SELECT table_schema, table_name FROM awsdatacatalog.information_schema.tables
  WHERE table_schema LIKE '%silver' AND table_type = 'BASE TABLE' LIMIT 2`;

const notYet = new Set(['NO_NODES_AVAILABLE', 'SERVER_STARTING_UP']);

/** Runs one statement to its end by Trino's client protocol (https://trino.io/docs/current/develop/client-protocol.html). */
async function ask(
  url: string,
  statement: string,
  signal: AbortSignal,
): Promise<{ error?: string; rows: unknown[][] }> {
  const rows: unknown[][] = [];
  let response = await fetch(`${url}/v1/statement`, {
    method: 'POST',
    body: statement,
    headers: { 'X-Trino-User': 'tributary', 'X-Trino-Source': 'readiness' },
    signal,
  });
  for (;;) {
    if (!response.ok) return { error: `HTTP ${response.status}`, rows };
    const page = (await response.json()) as { nextUri?: string; error?: { errorName: string }; data?: unknown[][] };
    if (page.error) return { error: page.error.errorName, rows };
    rows.push(...(page.data ?? []));
    if (!page.nextUri) return { rows };
    response = await fetch(page.nextUri, { signal });
  }
}

function glueAndS3({ awsEndpoint, region, warehouse }: TrinoSettings): Record<string, string> {
  return {
    'hive.metastore.glue.region': region,
    'hive.metastore.glue.endpoint-url': awsEndpoint,
    'hive.metastore.glue.aws-access-key': 'test',
    'hive.metastore.glue.aws-secret-key': 'test',
    'hive.metastore.glue.default-warehouse-dir': warehouse,
    'fs.native-s3.enabled': 'true',
    's3.endpoint': awsEndpoint,
    's3.region': region,
    's3.path-style-access': 'true',
    's3.aws-access-key': 'test',
    's3.aws-secret-key': 'test',
  };
}

function writeProperties(file: string, properties: Record<string, string>): void {
  // In a Java properties file a backslash is an escape.
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}`);
  writeFileSync(file, `${lines.join('\n')}\n`);
}
