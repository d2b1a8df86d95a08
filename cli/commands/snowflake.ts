import { Argument, type Command } from 'commander';
import { catalog } from '../../aws/catalog.ts';
import { readDatasets, readSqlFiles } from '../../aws/project-files.ts';
import type { Stack } from '../../aws/stack.ts';
import { parseMarts } from '../../core/gold/mart.ts';
import { connectScript, type Place, type Script, tablesScript } from '../../core/snowflake/script.ts';
import { action, type Session } from '../context.ts';

export function snowflake(program: Command): void {
  program
    .command('snowflake')
    .description(
      'print the SQL by which Snowflake reads the tables of the stage where they lie; see docs/guide/snowflake.md',
    )
    .addArgument(
      new Argument('<part>', 'connect: the volume and the catalog; tables: every table and view, and grants').choices([
        'connect',
        'tables',
      ]),
    )
    .action(
      action<['connect' | 'tables'], unknown>(async (session, _, part) => {
        const { terminal } = session;
        const script = await scriptOf(part, await session.stack());
        if (terminal.mode === 'json') return terminal.json(script);
        terminal.out(
          script.statements
            .map((statement) => `${statement};\n`)
            .join('\n')
            .trimEnd(),
        );
        tellMissing(session, script.missing);
      }),
    );
}

async function scriptOf(part: 'connect' | 'tables', stack: Stack): Promise<Script> {
  const files = readSqlFiles();
  const place = placeOf(stack);
  if (part === 'connect') return { statements: connectScript(files, place), missing: [] };
  const datasets = readDatasets();
  const marts = parseMarts(files, datasets);
  const { exists } = catalog(stack.databases, stack.lakeBucket);
  const there = new Set<string>();
  const names = [...Object.keys(datasets), ...marts.map(({ name }) => name)];
  await Promise.all(
    (['silver', 'gold'] as const).flatMap((area) =>
      names.map(async (name) => {
        if (await exists(stack.databases[area], name)) there.add(`${area}.${name}`);
      }),
    ),
  );
  return tablesScript({ files, datasets }, marts, place, (area, table) => there.has(`${area}.${table}`));
}

/** The account's partition and id stand in every ARN of it. */
function placeOf({ stage, region, alertTopicArn, lakeBucket, databases }: Stack): Place {
  const [, partition, , , accountId] = alertTopicArn.split(':') as [string, string, string, string, string];
  return { stage, region, partition, accountId, lakeBucket, databases };
}

function tellMissing({ terminal }: Session, missing: string[]): void {
  if (missing.length === 0) return;
  terminal.note(
    `left out, since no file of it has come yet: ${missing.sort().join(', ')}. Run this again when one has.`,
  );
}
