import type { Command } from 'commander';
import { functionLogs, type LogLine, logLines } from '../../aws/logs.ts';
import { followLogs, logs as localLogs, logNames } from '../../local/logs.ts';
import { action, positiveInteger, type Session, spanOption } from '../context.ts';
import { UsageError } from '../exit.ts';
import { formatTime, printable } from '../format.ts';

interface Options {
  follow?: boolean;
  lines: number;
  since: number;
}

export function logs(program: Command): void {
  program
    .command('logs')
    .description('show logs: of the parts of the local cloud, or of the functions of a stage on AWS')
    .argument('[name...]', `parts (${logNames.join(', ')}) or functions (merge-rows, …); all if none is named`)
    .option('-f, --follow', 'go on as lines come, until Ctrl-C')
    .option('-n, --lines <number>', 'how many lines, of each part locally', positiveInteger, 40)
    .addOption(spanOption('--since <span>', 'on AWS: how far back, like 15m or 2h', '15m'))
    .action(
      action<[string[]], Options>(async (session, options, names) => {
        if (options.stage === 'local') await showLocal(session, names, options);
        else await showFunctions(session, names, options);
      }),
    );
}

async function showLocal({ terminal }: Session, names: string[], options: Options): Promise<void> {
  const unknown = names.filter((name) => !(logNames as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new UsageError(`no part is called ${unknown.join(', ')}; there are ${logNames.join(', ')}`);
  const shown = localLogs({ names, lines: options.lines });
  if (terminal.mode === 'json') return void terminal.json(shown);
  if (shown.length === 0) terminal.note('no logs yet: the local cloud was never up');
  const print = (name: string, line: string) => terminal.out(`${terminal.paint('cyan', name)}\t${printable(line)}`);
  for (const log of shown) for (const line of log.lines) print(log.name, line);
  if (options.follow) await followLogs({ names, signal: interrupted(), onLine: print });
}

async function showFunctions(session: Session, names: string[], options: Options): Promise<void> {
  const { terminal, clock } = session;
  const { stage } = await session.stack();
  const known = await functionLogs(stage);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`no function is called ${unknown.join(', ')}; there are ${known.join(', ')}`);
  const functions = names.length > 0 ? names : known;
  let since = new Date(clock.now().getTime() - options.since);
  const lines = await logLines(stage, functions, since, options.lines);
  if (terminal.mode === 'json') return void terminal.json(lines);
  const print = (line: LogLine) =>
    terminal.out(`${formatTime(line.at)}\t${terminal.paint('cyan', line.source)}\t${printable(line.text)}`);
  lines.forEach(print);
  if (!options.follow) return;
  const signal = interrupted();
  const seen = new Set(lines.map((line) => line.id));
  since = lines.at(-1)?.at ?? clock.now();
  while (!signal.aborted) {
    await clock.sleep(2_000);
    for (const line of await logLines(stage, functions, since, 10_000)) {
      if (seen.has(line.id)) continue;
      seen.add(line.id);
      // A minute back: lines of different functions do not arrive in order.
      since = new Date(Math.max(since.getTime(), line.at.getTime() - 60_000));
      print(line);
    }
  }
}

function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
