import { pipelinePorts } from '../aws/pipeline.ts';
import { task } from '../aws/task.ts';
import { identifyFile } from '../core/pipeline/identify.ts';
import { IdentifyFileInput } from '../core/pipeline/payloads.ts';

const ports = pipelinePorts();

/** Finds dataset and version, claims the file, freezes it as bronze. Repeated, it finds its own claim and copy. */
export const handler = task(IdentifyFileInput, ({ event, run }) => identifyFile(ports.identify, event, run));
