import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { deployInputs } from '../../local/deploy.ts';
import { projectRoot } from '../../local/paths.ts';

/** The project's files that a module imports, directly or not. */
function imported(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const next = join(dirname(file), path!);
    if (existsSync(next) && next.endsWith('.ts')) imported(next, found);
  }
  return found;
}

describe('deployInputs', () => {
  it('holds every folder that a function imports from, so that no change goes undeployed', () => {
    const folder = join(projectRoot, 'functions');
    const files = new Set<string>();
    for (const name of readdirSync(folder)) for (const file of imported(join(folder, name))) files.add(file);

    const folders = new Set([...files].map((file) => relative(projectRoot, file).split('/')[0]!));

    expect([...folders].filter((name) => !deployInputs.includes(name))).toEqual([]);
    expect(folders.size).toBeGreaterThan(2);
  });

  it('holds every folder that serverless.yml names', () => {
    const text = readFileSync(join(projectRoot, 'serverless.yml'), 'utf8');

    const named = [...text.matchAll(/\$\{file\((?:\.\/)?([^/):]+)/g)].map((match) => match[1]!);

    expect(named.filter((name) => !deployInputs.includes(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });
});
