import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { oneFileAMerge } from '../../../bench/burst/variant.ts';
import { projectRoot } from '../../../local/paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'tributary-variant-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('changes the number of files a MERGE and nothing else', () => {
  const variant = oneFileAMerge(join(folder, 'variant'));

  const read = (root: string, file: string) => readFileSync(join(root, file), 'utf8').split('\n');
  const [ours, theirs] = [projectRoot, variant].map((root) => read(root, 'core/merge/plan.ts'));
  const changed = theirs!.filter((line, index) => line !== ours![index]);
  expect(changed).toEqual([expect.stringContaining('files: 1,')]);
  expect(read(variant, 'statemachines/ingest.asl.json')).toEqual(read(projectRoot, 'statemachines/ingest.asl.json'));
});
