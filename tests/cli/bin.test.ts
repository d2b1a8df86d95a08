import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'tributary-cli-'));
});
afterAll(() => rmSync(home, { recursive: true }));

/** Runs the command as a shell would, with a home in which no cloud was ever up and without the user's AWS. */
function tributary(args: string[], nodeOptions: string[] = []) {
  const aws = Object.keys(process.env).filter((name) => /^(AWS_|NODE_OPTIONS$|TRIBUTARY_)/.test(name));
  const env: NodeJS.ProcessEnv = { ...process.env, TRIBUTARY_HOME: home };
  for (const name of aws) if (name !== 'TRIBUTARY_HOME') delete env[name];
  return spawnSync(process.execPath, [...nodeOptions, 'cli/bin.mjs', ...args], { env, encoding: 'utf8' });
}

describe('the command line', () => {
  it('ends with 0 when asked for help', () => {
    const { status, stdout } = tributary(['--help']);

    expect(status).toBe(0);
    expect(stdout).toContain('Exit codes:');
  });

  it.each([
    ['a command there is not', ['frobnicate'], "unknown command 'frobnicate'"],
    ['a missing option', ['drop', 'package.json'], "required option '-d, --dataset <name>'"],
    ['a stage that can be none', ['--stage', 'No/pe', 'runs'], "argument 'No/pe' is invalid"],
    ['a file there is not', ['drop', 'no-such-file.csv', '-d', 'orders'], 'no such file: no-such-file.csv'],
    ['a dataset there is not', ['drop', 'package.json', '-d', 'ordres'], 'no contract for a dataset "ordres"'],
    ['a local command on AWS', ['up', '--stage', 'prod'], 'is about the local cloud only'],
    ['reset where nobody can be asked', ['reset'], '--yes'],
    ['undo where nobody can be asked', ['undo', 'f'.repeat(32)], 'undo changes the lake: add --yes'],
    ['undo of what is no file id', ['undo', 'orders.csv'], 'not a file id (32 hexadecimal digits): "orders.csv"'],
    ['an undo that would print two documents', ['undo', 'f'.repeat(32), '--json'], 'add --yes'],
  ])('ends with 2 and a reason for %s', (_what, args, reason) => {
    const { status, stdout, stderr } = tributary(args);

    expect(stderr).toContain(reason);
    expect(status).toBe(2);
    expect(stdout).toBe('');
  });

  it.each([[['runs']], [['status']]])('ends with 3 when the local cloud is not up: %j', (args) => {
    const { status, stderr } = tributary(args);

    expect(stderr).toContain('the local cloud is not up: run `npx tributary up`');
    expect(status).toBe(3);
  });

  it("goes over to the project's own Node when this one runs no TypeScript, exit code and all", () => {
    const { status, stderr } = tributary(['query'], ['--no-experimental-strip-types']);

    expect(stderr).toContain('give either a statement or --file');
    expect(status).toBe(2);
  });
});
