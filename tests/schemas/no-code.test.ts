import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readDatasets } from '../../aws/project-files.ts';

/** Words that code has no other use for. Those of `events`, and of a dataset that somebody adds, it may well have. */
const PLAIN = ['bookings', 'customers', 'online_retail', 'orders', 'products', 'transactions'];
/** Rows are made up for datasets that are named, and on AWS every hour some orders. */
const MADE_UP = /^(core\/generate\/|functions\/generate-orders\.ts$)/;

const files = ['functions', 'aws', 'engine', 'core', 'statemachines']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file).replaceAll('\\', '/')),
  )
  .filter((file) => /\.(ts|json)$/.test(file) && !MADE_UP.test(file));

const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');

/** Where code is there for one dataset's sake: by its name, or where that is a word, as something that is a dataset. */
function named(text: string, dataset: string): string[] {
  const code = withoutComments(text);
  const asDataset = new RegExp(
    `(landing/|silver\\}?\\.|datasets\\.|datasets\\[['"]|dataset(\\.name)? [!=]== ['"]|dataset: ['"])${dataset}\\b`,
    'g',
  );
  return code.match(PLAIN.includes(dataset) ? new RegExp(`\\b${dataset}\\b`, 'gi') : asDataset) ?? [];
}

describe('the code that runs', () => {
  const datasets = Object.keys(readDatasets());

  it.each(datasets)('has no word of %s: datasets are contracts and SQL alone', (dataset) => {
    const found = files.filter((file) => named(readFileSync(file, 'utf8'), dataset).length > 0);

    expect(found).toEqual([]);
  });

  it('would be found to have one, comments aside', () => {
    const found = [
      "if (dataset.name === 'orders') return 1;",
      "const key = 'landing/events/x';",
      'datasets.properties',
      '// of orders\n/** events of\n * orders */\nconst events = contract.properties;',
    ].map((code) => datasets.filter((dataset) => named(code, dataset).length > 0));

    expect(found).toEqual([['orders'], ['events'], ['properties'], []]);
    expect(files.length).toBeGreaterThan(200);
  });
});
