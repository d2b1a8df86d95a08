import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeBinary, projectRoot } from '../../local/paths.ts';
import { median } from './found.ts';
import { bundle, run } from './measure.ts';

/** Milliseconds from the start of a fresh process until the function is loaded, and until a first small file is done. */
export async function startTimes(folder: string, runs: number): Promise<{ loaded: number; firstFile: number }> {
  const program = await bundle('bench/validate/contenders/first-file.ts');
  const handler = await bundle('functions/validate-file.ts');
  const seen: { loaded: number; firstFile: number }[] = [];
  for (let n = 0; n < runs; n++) {
    await mkdir(folder, { recursive: true });
    const out = await mkdtemp(join(folder, 'start-'));
    try {
      const input = join(out, 'small.csv');
      await writeFile(input, SMALL);
      const { output, errors, code } = await run(nodeBinary(), [
        program,
        JSON.stringify({ handler, input, out, contract: join(projectRoot, 'bench/validate/orders.odcs.yaml') }),
      ]);
      if (code !== 0) throw new Error(errors);
      seen.push(JSON.parse(output.trim().split('\n').at(-1)!));
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  }
  return {
    loaded: median(seen.map(({ loaded }) => loaded)),
    firstFile: median(seen.map(({ firstFile }) => firstFile)),
  };
}

const SMALL = `order_id,customer_id,product_id,quantity,unit_price,status,order_ts
ORD-1,C1,SKU-1,3,12.34,paid,2025-03-01T10:00:00Z
ORD-2,C1,SKU-2,many,12.34,paid,2025-03-01T10:00:00Z
`;

/** Packaging prints its error and stays alive: whoever calls it needs a time limit. */
const PACKAGE_MILLISECONDS = 600_000;

/** Packages the stack as a deployment does and returns the bytes of the function's zip. */
export async function zipBytes(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const to = await mkdtemp(join(folder, 'package-'));
  try {
    const serverless = join(projectRoot, 'node_modules', '.bin', 'serverless');
    const { errors, output, code } = await run(
      serverless,
      ['package', '--stage', 'bench', '--package', to],
      {},
      PACKAGE_MILLISECONDS,
    );
    if (code !== 0) throw new Error(`packaging failed (${code}):\n${output.slice(-1500)}${errors.slice(-1500)}`);
    const zip = join(to, 'validate-file.zip');
    // A zip begins with PK; anything else was packaged under another name.
    if ((await readFile(zip)).toString('latin1', 0, 2) !== 'PK') throw new Error(`${zip} is no zip`);
    return (await stat(zip)).size;
  } finally {
    await rm(to, { recursive: true, force: true });
  }
}
