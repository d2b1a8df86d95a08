import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../local/paths.ts';
import { home, isLocal, type Output, query } from './cloud.ts';
import { type Step, steps } from './guide.ts';

const guide = 'docs/guide/add-a-dataset.md';
const minutes = 60_000;

/** What is made by installing, running and building; a new clone has none of it. */
const made = ['node_modules', '.git', '.tributary', '.serverless', '.esbuild', 'coverage'];

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'tributary-guide-'));
  for (const name of readdirSync(projectRoot).filter((entry) => !made.includes(entry))) {
    cpSync(join(projectRoot, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(copy, 'node_modules'));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Runs a command as it stands in the guide, in the copy of the project and on the cloud of the suite. */
function run(command: string): Promise<Output> {
  const options = { cwd: copy, maxBuffer: 64 * 2 ** 20, env: { ...process.env, TRIBUTARY_HOME: home, NO_COLOR: '1' } };
  return new Promise((resolve) => {
    execFile('bash', ['-c', command], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

/** Throws with what a command printed unless it ended well and showed what the guide says. */
async function follow(step: Step): Promise<void> {
  if (step.kind === 'file') {
    mkdirSync(dirname(join(copy, step.path)), { recursive: true });
    return writeFileSync(join(copy, step.path), step.text);
  }
  const { code, stdout, stderr } = await run(step.command);
  const place = `${guide}:${step.line}: ${step.command}`;
  if (code !== 0) throw new Error(`${place}\nended with ${code}\n${stdout}\n${stderr}`);
  if (step.shows !== undefined && stdout !== step.shows) {
    throw new Error(`${place}\nshows\n${stdout}\nand not\n${step.shows}`);
  }
}

// It deploys the copy to the suite's local cloud; nothing of it is about AWS.
(isLocal ? describe : describe.skip)('the guide to adding a dataset', () => {
  it(
    'works when it is followed to the letter',
    async () => {
      const all = steps(readFileSync(join(projectRoot, guide), 'utf8'));

      for (const step of all) await follow(step);

      const files = all.flatMap((step) => (step.kind === 'file' ? [step.path] : []));
      expect(files).toEqual(
        expect.arrayContaining(['schemas/suppliers.odcs.yaml', 'sql/gold/suppliers_by_country.sql', 'suppliers.csv']),
      );
      expect(all.filter((step) => step.kind === 'command' && step.shows !== undefined)).toHaveLength(3);
    },
    25 * minutes,
  );

  it('ends in silver and gold, with nothing but a contract and a SELECT added to the project', async () => {
    const rows = await query(
      'select supplier_id, country, cast(rating as varchar) as rating from {silver}.suppliers order by 1',
    );

    expect(rows).toEqual([
      { supplier_id: 'S-0001', country: 'DE', rating: '4.5' },
      { supplier_id: 'S-0002', country: 'FR', rating: '8.0' },
      { supplier_id: 'S-0003', country: 'DE', rating: '7.5' },
      { supplier_id: 'S-0004', country: 'GB', rating: '1.2' },
      { supplier_id: 'S-0005', country: 'BE', rating: '6.0' },
    ]);
    const gold = await query('select country, suppliers from {gold}.suppliers_by_country order by 1');
    expect(gold.map(({ country, suppliers }) => [country, Number(suppliers)])).toEqual([
      ...[
        ['BE', 1],
        ['DE', 2],
        ['FR', 1],
        ['GB', 1],
      ],
    ]);
  });

  it('would not pass with a command that fails or shows something else', async () => {
    await expect(follow({ kind: 'command', command: 'exit 3', line: 1 })).rejects.toThrow('ended with 3');
    await expect(follow({ kind: 'command', command: 'echo a', line: 1, shows: 'b\n' })).rejects.toThrow('and not');
    expect(() => steps('```json\n{}\n```')).toThrow('line 1');
  });
});
