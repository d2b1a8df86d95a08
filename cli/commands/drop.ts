import type { Command } from 'commander';
import { readDatasets } from '../../aws/project-files.ts';
import { action, spanOption } from '../context.ts';
import { follow, upload } from '../drop/drop.ts';
import { checkDataset, filesToDrop } from '../drop/files.ts';
import { endedWell, reportFiles } from '../drop/report.ts';
import { FailedError } from '../exit.ts';

interface Options {
  dataset: string;
  as?: string;
  wait: boolean;
  timeout: number;
}

export function drop(program: Command): void {
  program
    .command('drop')
    .description('upload files and wait until their rows are in the tables')
    .argument('<file...>', 'files to drop')
    .requiredOption('-d, --dataset <name>', 'dataset they belong to: the name of a contract in schemas/')
    .option('--as <name>', 'name in the landing bucket (one file; default: its own name)')
    .option('--no-wait', 'return when the files are uploaded')
    .addOption(spanOption('--timeout <span>', 'how long to wait, like 90s or 15m', '30m'))
    .action(
      action<[string[]], Options>(async (session, options, paths) => {
        checkDataset(options.dataset, Object.keys(readDatasets()));
        const files = filesToDrop(paths, options.dataset, options.as);
        const { databases, landingBucket } = await session.stack();
        const dropped = await upload(session, files);
        if (!options.wait) {
          const facts = dropped.map(({ path, key, bytes, fileId, versionId }) => ({
            path,
            key,
            bytes,
            fileId,
            versionId,
          }));
          if (session.terminal.mode === 'json') return session.terminal.json(facts);
          const columns = ['file', 'landed as', 'file id'];
          return session.terminal.table(
            columns,
            facts.map((fact) => [fact.path, `s3://${landingBucket}/${fact.key}`, fact.fileId]),
          );
        }
        const results = await follow(session, dropped, options.timeout);
        reportFiles(session.terminal, results, { silver: databases.silver, stage: options.stage });
        const bad = results.filter((result) => !endedWell(result)).length;
        if (bad > 0) throw new FailedError(`${bad} of ${results.length} files did not get through`);
      }),
    );
}
