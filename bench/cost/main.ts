import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { down } from '../../local/down.ts';
import { projectRoot } from '../../local/paths.ts';
import { terminalProgress } from '../../local/progress.ts';
import { reset } from '../../local/reset.ts';
import { up } from '../../local/up.ts';
import { type Measured, needs, scansOfTable, table, type Volume } from './day.ts';
import { examples } from './examples.ts';
import { measure } from './run.ts';

/**
 * What a day costs on AWS: counts measured on the local cloud times public prices. Without options the examples of
 * docs/guide/cost.md; `--files N --rows N --table-gb N [--together]` is a volume of your own. `--measure [--large N]`
 * counts anew, in a local cloud of its own: minutes.
 */
const { values } = parseArgs({
  options: {
    measure: { type: 'boolean', default: false },
    large: { type: 'string', default: '100000' },
    files: { type: 'string' },
    rows: { type: 'string', default: '1000' },
    'table-gb': { type: 'string', default: '1' },
    together: { type: 'boolean', default: false },
  },
});
const file = join(import.meta.dirname, 'measured.json');
if (values.measure) await measureAnew(Number(values.large));
const measured = JSON.parse(readFileSync(file, 'utf8')) as Measured;
const own: Volume[] =
  values.files === undefined
    ? []
    : [
        {
          files: Number(values.files),
          rows: Number(values.rows),
          tableGb: Number(values['table-gb']),
          together: values.together,
        },
      ];
console.log(`${needs(measured)}\n`);
console.log(`A MERGE and its marts read the silver table ${scansOfTable(measured).toFixed(1)} times.\n`);
console.log(table(measured, own.length > 0 ? own : examples));

async function measureAnew(large: number): Promise<void> {
  const home = join(projectRoot, '.tributary', 'bench');
  process.env.TRIBUTARY_HOME = home;
  const progress = terminalProgress();
  await reset({ home, progress });
  try {
    await up({ home, progress });
    writeFileSync(file, `${JSON.stringify(await measure(home, large), null, 2)}\n`);
  } finally {
    await down({ home, progress });
  }
}
