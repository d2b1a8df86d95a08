import { parseMarts } from '../core/gold/mart.ts';
import type { GoldPorts } from '../core/gold/refresh.ts';
import type { StagedItem } from '../core/ledger/items.ts';
import type { LeadPorts } from '../core/merge/lead.ts';
import type { IdentifyPorts } from '../core/pipeline/identify.ts';
import type { PublishPorts } from '../core/pipeline/publish.ts';
import type { WakePorts } from '../core/pipeline/wake.ts';
import type { Profile } from '../core/validation/result.ts';
import { athenaPort } from './athena.ts';
import { catalog } from './catalog.ts';
import { type Config, readConfig } from './config.ts';
import { startExecution } from './executions.ts';
import { ledgerStore, systemClock } from './ledger.ts';
import { readDatasets, readSqlFiles } from './project-files.ts';
import { copyVersion, exists, headVersion, readText, versionWithEtag, writeJson } from './s3.ts';

/** How long one invocation polls a query before it gives the workflow its turn; below the functions' timeouts. */
const pollMilliseconds = 60_000;

/** The real ports of the pipeline's tasks, from the environment; made once a process. */
export function pipelinePorts(config: Config = readConfig()) {
  const { lakeBucket, databases } = config;
  const ledger = ledgerStore(config.ledgerTable);
  const datasets = readDatasets();
  const files = readSqlFiles();
  const marts = parseMarts(files);
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
      freeze: (from, key) => copyVersion(from, lakeBucket, key),
      writeJson: (key, value) => writeJson(lakeBucket, key, value),
    },
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
  const gold: GoldPorts = { ...lake, ledger, datasets, marts, pollMilliseconds };
  const publish: Omit<PublishPorts, 'publish'> = { ...lake, ...wake };
  return { config, datasets, marts, ledger, clock: systemClock, wake, lake, identify, lead, gold, publish };
}
