import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../local/paths.ts';
import { silentProgress } from '../../local/progress.ts';
import { provisionTestPython } from '../../local/provision.ts';
import { fileOf, tributary } from './cloud.ts';

let python: string;

beforeAll(async () => {
  python = await provisionTestPython(silentProgress);
}, 600_000);

/** What the standard's own model and JSON schema have against contracts, a line a problem. */
function problems(...files: string[]): Promise<string[]> {
  const script = join(projectRoot, 'tests', 'schemas', 'check_standard.py');
  return new Promise((resolve, reject) => {
    execFile(python, [script, ...files], (error, stdout, stderr) => {
      if (error) reject(new Error(stderr));
      else resolve(stdout.split('\n').filter(Boolean));
    });
  });
}

const contract = (dataset: string) => readFileSync(join(projectRoot, 'schemas', `${dataset}.odcs.yaml`), 'utf8');

describe('the Open Data Contract Standard', () => {
  it('accepts every contract', async () => {
    const files = readdirSync(join(projectRoot, 'schemas')).map((file) => join(projectRoot, 'schemas', file));

    expect(files.length).toBeGreaterThan(5);
    expect(await problems(...files)).toEqual([]);
  });

  it.each([
    ['a misspelt field', 'domain: sales', 'domian: sales', /schema: .*domian/],
    ['a type it does not have', 'logicalType: timestamp', 'logicalType: moment', /schema: .*moment/],
    ['a list that is none', 'primaryKeyPosition: 1', 'primaryKeyPosition: first', /model: .*primaryKeyPosition/],
  ])('refuses %s', async (name, sound, broken, problem) => {
    const file = fileOf(`${name.replaceAll(' ', '-')}.odcs.yaml`, contract('orders').replace(sound, broken));

    expect((await problems(file)).join('\n')).toMatch(problem);
  });

  it('accepts what is drafted from a sample', async () => {
    const sample = fileOf(
      'parcels.csv',
      'parcel_id,weight_kg,sent_on,email\nP-1,1.50,2026-01-31,a@example.com\nP-2,2.25,2026-02-01,b@example.com\n',
    );

    const drafted = await tributary('infer', sample, '--dataset', 'parcels');

    expect(drafted).toMatchObject({ code: 0 });
    expect(await problems(fileOf('parcels.odcs.yaml', drafted.stdout))).toEqual([]);
  });
});
