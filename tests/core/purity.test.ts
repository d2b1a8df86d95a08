import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const core = join(root, 'core');
const files = readdirSync(core, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const allowed = ['node:buffer', 'node:crypto', 'yaml', 'zod'];

describe('core/', () => {
  it.each(files)('%s imports nothing of AWS, of the file system or of other folders', (file) => {
    const text = readFileSync(join(core, file), 'utf8');
    const statements = text.matchAll(
      /^(?:import .*|export .*|\}) from '([^']+)';$|^import '([^']+)'|\bimport\(\s*'([^']+)'/gm,
    );
    const imports = [...statements].map(([, name, bare, lazy]) => (name ?? bare ?? lazy)!);

    const foreign = imports.filter((name) =>
      name.startsWith('.')
        ? relative(core, resolve(dirname(join(core, file)), name)).startsWith('..')
        : !allowed.includes(name),
    );

    expect(foreign).toEqual([]);
    expect(text).not.toMatch(/\bprocess\.(env|cwd)\b/);
  });

  it('has files to look at', () => {
    expect(files.length).toBeGreaterThan(20);
  });
});

it('keeps AWS SDK packages out of every folder but aws/ (and local/, which stands in for AWS)', () => {
  const folders = ['functions', 'core', 'cli', 'engine'];

  const users = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(
        (file) =>
          file.endsWith('.ts') && /from '@(aws-sdk|smithy)\//.test(readFileSync(join(root, folder, file), 'utf8')),
      )
      .map((file) => join(folder, file)),
  );

  expect(users).toEqual([]);
});
