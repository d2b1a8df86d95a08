import { publishNotice } from '../aws/notices.ts';
import { pipelinePorts } from '../aws/pipeline.ts';
import { readText, writeJson } from '../aws/s3.ts';
import { task } from '../aws/task.ts';
import { contractOf } from '../core/pipeline/contract-of.ts';
import { QuarantineRowsInput } from '../core/pipeline/payloads.ts';
import { quarantineRows } from '../core/pipeline/quarantine.ts';

const ports = pipelinePorts();
const { lakeBucket, noticeTopicArn } = ports.config;

/** Makes rejected rows visible in the quarantine table and tells the dataset's owner. Repeated, it does the same again. */
export const handler = task(QuarantineRowsInput, ({ file, validation }) =>
  quarantineRows(
    {
      ledger: ports.ledger,
      catalog: ports.lake.catalog,
      writeJson: (key, value) => writeJson(lakeBucket, key, value),
      reasons: async (key) => JSON.parse(await readText(lakeBucket, key)).reasons,
      notify: (notice) => publishNotice(noticeTopicArn, notice),
    },
    contractOf(ports.datasets, file.dataset),
    file,
    validation,
  ),
);
