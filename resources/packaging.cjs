const { dependencies } = require('../package.json');

/** AWS's names of the processors that Lambda has, by Node's. */
const ARCHITECTURES = { x64: 'x86_64', arm64: 'arm64' };

/**
 * How functions are bundled and for which processor. The one native module, DuckDB's, is installed for the processor of
 * the function, whatever machine packages it. See docs/decisions/packaging.md.
 */
module.exports = async ({ resolveVariable }) => {
  const wanted = await resolveVariable('param:architecture');
  const host = ARCHITECTURES[process.arch];
  const architecture = wanted === 'host' ? host : wanted;
  if (!Object.values(ARCHITECTURES).includes(architecture)) {
    throw new Error(`param architecture "${wanted}" (this machine: ${process.arch}): use arm64, x86_64 or host`);
  }
  const native = wanted === 'host' || (process.platform === 'linux' && architecture === host);
  const scripts = native ? [] : [installBinding(architecture)];
  return { architecture, esbuild: { ...esbuild, packagerOptions: { ...esbuild.packagerOptions, scripts } } };
};

const esbuild = {
  bundle: true,
  format: 'esm',
  outputFileExtension: '.mjs',
  target: 'node24',
  // The SDK is bundled too, so that what was tested is what runs. Its ES modules shake best.
  exclude: [],
  mainFields: ['module', 'main'],
  external: ['@duckdb/node-api'],
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: {
    js: "import { createRequire as createNodeRequire } from 'node:module';const require = createNodeRequire(import.meta.url);",
  },
  sourcemap: 'linked',
  sourcesContent: false,
  concurrency: 4,
  packager: 'npm',
  // `npm ci` on a pruned lock file fails on optional packages of other platforms; package.json pins exact versions.
  packagerOptions: { ignoreLockfile: true },
};

/**
 * npm installs the host's optional packages only, and a missing one is no error to it. So the binding of another
 * processor is asked for by name, which fails loudly, after the plugin has installed and pruned the rest.
 */
function installBinding(architecture) {
  const cpu = architecture === 'arm64' ? 'arm64' : 'x64';
  const binding = `@duckdb/node-bindings-linux-${cpu}@${dependencies['@duckdb/node-api']}`;
  return `npm install --no-save --no-audit --no-fund --force --omit=optional ${binding}`;
}
