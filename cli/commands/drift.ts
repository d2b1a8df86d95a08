import type { Command } from 'commander';
import { driftRecords } from '../../aws/drift.ts';
import { readDatasets } from '../../aws/project-files.ts';

import { findDrift } from '../../core/discovery/drift/find.ts';
import { DAYS } from '../../core/discovery/drift/tell.ts';
import { action, positiveInteger } from '../context.ts';
import { showDrift } from '../drift/show.ts';
import { checkDataset } from '../drop/files.ts';

interface Options {
  days: number;
}

export function drift(program: Command): void {
  program
    .command('drift')
    .description('tell where landed files drift from their contract, and what would change in it')
    .argument('[dataset]', 'only this dataset')
    .option('--days <number>', 'files of so many days are compared with those of as many before', positiveInteger, DAYS)
    .action(
      action<[string | undefined], Options>(async (session, { days }, name) => {
        const datasets = readDatasets();
        if (name !== undefined) checkDataset(name, Object.keys(datasets));
        const records = driftRecords((await session.stack()).lakeBucket);
        const wanted = Object.values(datasets).filter((dataset) => name === undefined || dataset.name === name);
        const found = [];
        for (const dataset of wanted) found.push(await findDrift(records, dataset, session.clock.now(), days));
        showDrift(session.terminal, found);
      }),
    );
}
