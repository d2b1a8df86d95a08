import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { hashFiles } from '../../local/hash-files.ts';

function project(): string {
  const root = mkdtempSync(join(tmpdir(), 'project-'));
  mkdirSync(join(root, 'core', 'sql'), { recursive: true });
  writeFileSync(join(root, 'core', 'sql', 'a.ts'), 'one');
  writeFileSync(join(root, 'serverless.yml'), 'service: x');
  return root;
}
const inputs = ['serverless.yml', 'core', 'missing'];

describe('hashFiles', () => {
  it('is the same for the same files elsewhere', () => {
    expect(hashFiles(project(), inputs)).toBe(hashFiles(project(), inputs));
  });

  it.each<[string, (root: string) => void]>([
    ['a content', (root) => writeFileSync(join(root, 'core', 'sql', 'a.ts'), 'two')],
    ['a name', (root) => renameSync(join(root, 'core', 'sql', 'a.ts'), join(root, 'core', 'sql', 'b.ts'))],
    ['a new file', (root) => writeFileSync(join(root, 'core', 'b.ts'), '')],
    ['a file that was missing', (root) => writeFileSync(join(root, 'missing'), 'now here')],
  ])('changes with %s', (_, change) => {
    const root = project();
    const before = hashFiles(root, inputs);

    change(root);

    expect(hashFiles(root, inputs)).not.toBe(before);
  });

  it('does not change with what Python leaves behind', () => {
    const root = project();
    const before = hashFiles(root, inputs);

    mkdirSync(join(root, 'core', '__pycache__'));
    writeFileSync(join(root, 'core', '__pycache__', 'x.pyc'), 'x');

    expect(hashFiles(root, inputs)).toBe(before);
  });
});
