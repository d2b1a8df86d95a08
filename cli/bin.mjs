#!/usr/bin/env node
// Starts the command line under a Node.js that runs TypeScript as it is: this one if it does, else the project's own.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(project, 'cli', 'main.ts');

if (Number(process.versions.node.split('.')[0]) >= 24 && process.features.typescript) {
  await import(main);
} else {
  const node = [
    join(project, 'node_modules', 'node', 'bin', 'node'),
    join(project, 'node_modules', '.bin', 'node'),
  ].find((path) => existsSync(path));
  if (node === undefined) {
    console.error(`tributary needs Node.js 24 (this is ${process.version}): run \`npm install\` in ${project}`);
    process.exit(2);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both processes; a `kill` reaches only this one and is passed on.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`tributary could not start ${node}: ${error.message}`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
