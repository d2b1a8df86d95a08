import { z } from 'zod';
import { readConfig } from '../aws/config.ts';
import { driftPorts } from '../aws/drift.ts';
import { readDatasets } from '../aws/project-files.ts';
import { task } from '../aws/task.ts';
import { tellAllDrift } from '../core/discovery/drift/tell.ts';

const ports = driftPorts(readConfig());
const datasets = Object.values(readDatasets());

/** Tells the owners of datasets whose files drift from their contracts. Repeated, it tells nothing twice. */
export const handler = task(z.looseObject({}), () => tellAllDrift(ports, datasets));
