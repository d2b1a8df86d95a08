import { parseMarts } from '../core/gold/mart.ts';
import type { GoldPorts } from '../core/gold/refresh.ts';
import type { AlertPorts } from '../core/incident/ports.ts';
import { resolveFor } from '../core/incident/resolve.ts';
import type { StagedItem } from '../core/ledger/items.ts';
import type { LeadPorts } from '../core/merge/lead.ts';
import type { MaintainPorts } from '../core/operation/maintain.ts';
import type { ReplayPorts } from '../core/operation/replay-begin.ts';
import type { UndoPorts } from '../core/operation/undo.ts';
import type { IdentifyPorts } from '../core/pipeline/identify.ts';
import type { PublishPorts } from '../core/pipeline/publish.ts';
import type { WakePorts } from '../core/pipeline/wake.ts';
import type { Profile } from '../core/validation/result.ts';
import { publishAlert } from './alerts.ts';
import { athenaPort } from './athena.ts';
import { catalog } from './catalog.ts';
import { type Config, readConfig } from './config.ts';
import { describeExecution, startExecution, startExecutionOnce } from './executions.ts';
import { ledgerStore, systemClock } from './ledger.ts';
import { publishNotice } from './notices.ts';
import { pointers } from './pointers.ts';
import { readDatasets, readSqlFiles } from './project-files.ts';
import { recordStore } from './quality.ts';
import { stopQuery } from './query.ts';
import { reports } from './reports.ts';
import { copyOnce, exists, headVersion, readText, versionWithEtag, writeJsonOnce } from './s3.ts';
import { logger } from './task.ts';

/** How long one invocation polls a query before it gives the workflow its turn; below the functions' timeouts. */
const pollMilliseconds = 60_000;

const isRunning = async (run: string) => (await describeExecution(run))?.status === 'RUNNING';

/** The real ports of the pipeline's tasks, from the environment; made once a process. */
export function pipelinePorts(config: Config = readConfig()) {
  const { lakeBucket, databases } = config;
  const ledger = ledgerStore(config.ledgerTable);
  const datasets = readDatasets();
  const files = readSqlFiles();
  const marts = parseMarts(files, datasets);
  const wake: WakePorts = {
    ledger,
    clock: systemClock,
    startRun: (input) => startExecution(config.ingestStateMachine, input),
  };
  const lake = {
    athena: athenaPort(config.workgroup),
    catalog: catalog(databases, lakeBucket),
    clock: systemClock,
    files,
    databases,
    bucket: lakeBucket,
  };
  const identify: IdentifyPorts = {
    ledger,
    clock: systemClock,
    landing: { head: headVersion, versionWithEtag },
    bronze: {
      exists: (key) => exists(lakeBucket, key),
      freeze: (from, key) => copyOnce(from, lakeBucket, key),
      writeJson: (key, value) => writeJsonOnce(lakeBucket, key, value),
    },
    catalog: lake.catalog,
    datasets: Object.keys(datasets),
  };
  const lead: LeadPorts = {
    ...lake,
    ledger,
    startRun: wake.startRun,
    pollMilliseconds,
    partitionsOf: async (item: StagedItem) =>
      (JSON.parse(await readText(lakeBucket, item.profile_key)) as Profile).partitions.map(
        ({ partition }) => partition,
      ),
  };
  const records = recordStore(databases.ops, lakeBucket, reports(config, marts));
  const replay: ReplayPorts = {
    ...lead,
    ...wake,
    pointers,
    records,
    isRunning,
    startReplay: (input, name) => startExecutionOnce(config.replayStateMachine, input, name),
  };
  const gold: GoldPorts = { ...lake, ledger, datasets, marts, pollMilliseconds };
  const undo: UndoPorts = { ...lake, ...wake, isRunning, marts, pollMilliseconds };
  const maintain: MaintainPorts = { ...lake, ...wake, datasets, marts, pollMilliseconds };
  const alerts: AlertPorts = {
    lakeBucket,
    stage: config.stage,
    store: ledger,
    clock: systemClock,
    publish: (alert) => publishAlert(config.alertTopicArn, alert),
  };
  const publish: Omit<PublishPorts, 'publish'> = {
    ...lake,
    datasets,
    ...wake,
    records,
    stopQuery: (id) => stopQuery(id).catch((error: Error) => logger.warn('a query was not stopped', { id, error })),
    orphansNotCounted: (dataset, error) =>
      logger.warn('orphans were not counted; the rows are in silver all the same', { dataset, error }),
    // The files are in the lake: that nobody can be told of it now must not hold up the next.
    notify: (notice) =>
      publishNotice(config.noticeTopicArn, notice).catch((error: Error) =>
        logger.error('the owner was not told of an unusual file', { notice, error }),
      ),
    filesDone: (dataset, done) =>
      resolveFor(alerts, dataset, done).catch((error: Error) =>
        logger.error('incidents were not resolved; sweep-incidents will', { dataset, error }),
      ),
  };
  return {
    config,
    datasets,
    marts,
    ledger,
    clock: systemClock,
    alerts,
    wake,
    lake,
    identify,
    lead,
    gold,
    undo,
    maintain,
    replay,
    records,
    publish,
  };
}
