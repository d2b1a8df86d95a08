import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { load } from './load.ts';

interface Packaging {
  architecture: string;
  esbuild: { external: string[]; packagerOptions: { scripts: string[] } };
}

const host = process.arch === 'arm64' ? 'arm64' : 'x86_64';
const other = host === 'arm64' ? 'x86_64' : 'arm64';
const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('packaging', () => {
  it("takes npm's choice of the native module when the function runs on this machine", async () => {
    const packaging = await load<Packaging>('packaging.cjs', { 'param:architecture': 'host' });

    expect(packaging.architecture).toBe(host);
    expect(packaging.esbuild.packagerOptions.scripts).toEqual([]);
  });

  it('asks for the native module of another processor by name, in the version of package.json', async () => {
    const packaging = await load<Packaging>('packaging.cjs', { 'param:architecture': other });

    const [script, ...more] = packaging.esbuild.packagerOptions.scripts;

    expect(packaging.architecture).toBe(other);
    expect(more).toEqual([]);
    expect(script).toContain(
      `@duckdb/node-bindings-linux-${other === 'arm64' ? 'arm64' : 'x64'}@${dependencies['@duckdb/node-api']}`,
    );
  });

  it('pins each package that is left out of the bundles, since packaging does not use the lock file', async () => {
    const { esbuild } = await load<Packaging>('packaging.cjs', { 'param:architecture': 'host' });

    const versions = esbuild.external.map((name) => dependencies[name]);

    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('refuses a processor that Lambda does not have', async () => {
    const loaded = load('packaging.cjs', { 'param:architecture': 'sparc' });

    await expect(loaded).rejects.toThrow('"sparc"');
  });
});
