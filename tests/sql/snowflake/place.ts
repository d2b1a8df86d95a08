import { readDatasets, readSqlFiles } from '../../../aws/project-files.ts';
import { parseMarts } from '../../../core/gold/mart.ts';
import type { Place } from '../../../core/snowflake/script.ts';

/** The project as it is, on a stage of AWS. */
export const files = readSqlFiles();
export const datasets = readDatasets();
export const marts = parseMarts(files, datasets);

export const place: Place = {
  stage: 'prod',
  region: 'eu-central-1',
  partition: 'aws',
  accountId: '123456789012',
  lakeBucket: 'tributary-prod-lake-123456789012',
  databases: { silver: 'tributary_prod_silver', gold: 'tributary_prod_gold' },
};
