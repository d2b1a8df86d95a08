import type { Command } from 'commander';
import { down } from '../../local/down.ts';
import { homeFolder } from '../../local/paths.ts';
import { terminalProgress } from '../../local/progress.ts';
import { reset } from '../../local/reset.ts';
import { status } from '../../local/status.ts';
import { up } from '../../local/up.ts';
import { confirm, needTerminal } from '../confirm.ts';
import { action, type Session } from '../context.ts';
import { UnreachableError, UsageError } from '../exit.ts';
import { formatBytes, formatTime } from '../format.ts';
import type { Style } from '../terminal.ts';

/** The commands that are about the cloud on this machine itself. */
export function local(program: Command): void {
  program
    .command('up')
    .description('start the local cloud and deploy to it; fetches what is missing')
    .action(
      action<[], object>(async (session) => {
        onlyLocal(session, 'up');
        const { started, deployment } = await up({ progress: terminalProgress() });
        if (session.terminal.mode === 'json') return void session.terminal.json(status());
        session.terminal.note(
          started || deployment?.changed ? 'The local cloud is up.' : 'The local cloud was up already.',
        );
        showStatus(session);
      }),
    );
  program
    .command('down')
    .description('stop the local cloud; its data stays')
    .action(
      action<[], object>(async (session) => {
        onlyLocal(session, 'down');
        const { stopped } = await down({ progress: terminalProgress() });
        if (session.terminal.mode === 'json') return void session.terminal.json({ stopped });
        session.terminal.note(
          stopped ? 'Stopped. `npx tributary up` brings it back with its data.' : 'It was not running.',
        );
      }),
    );
  program
    .command('status')
    .description('show the parts of the local cloud: state, process, memory, address')
    .action(
      action<[], object>(async (session) => {
        onlyLocal(session, 'status');
        const now = status();
        if (session.terminal.mode === 'json') session.terminal.json(now);
        else showStatus(session);
        if (now.state !== 'running') throw new UnreachableError(notRunning(now.state));
      }),
    );
  program
    .command('reset')
    .description('stop the local cloud and delete everything in it; downloaded tools stay')
    .option('-y, --yes', 'do not ask')
    .action(
      action<[], { yes?: boolean }>(async (session, options) => {
        onlyLocal(session, 'reset');
        if (!options.yes) {
          needTerminal('reset deletes data');
          const question = `Delete every bucket, table and log of the local cloud in ${homeFolder()}?`;
          await confirm(question, 'nothing was deleted');
        }
        const { deleted } = await reset({ progress: terminalProgress() });
        if (session.terminal.mode === 'json') return void session.terminal.json({ deleted });
        session.terminal.note(deleted ? 'Deleted.' : 'There was nothing to delete.');
      }),
    );
}

const PART_STYLES: Record<string, Style> = { running: 'green', crashed: 'red', starting: 'cyan', waiting: 'cyan' };

function showStatus({ terminal }: Session): void {
  const now = status();
  const urls: Record<string, string | undefined> = {
    ministack: now.endpoints?.aws,
    trino: now.endpoints?.trino,
    athena: now.endpoints?.athena,
  };
  if (now.parts.length > 0) {
    terminal.table(
      [
        { title: 'part' },
        { title: 'state', style: (state) => PART_STYLES[String(state)] },
        { title: 'process', align: 'right' },
        { title: 'memory', align: 'right' },
        { title: 'address' },
        { title: 'log' },
      ],
      now.parts.map((part) => [
        part.name,
        part.state,
        part.pid,
        part.memory === undefined ? '' : formatBytes(part.memory),
        urls[part.name],
        part.log,
      ]),
    );
  }
  for (const part of now.parts.filter((candidate) => candidate.reason !== undefined)) {
    terminal.note(`${part.name}: ${part.reason}\n${(part.lastLines ?? []).map((line) => `  ${line}`).join('\n')}`);
  }
  terminal.note(`state in ${now.home}${now.startedAt ? `, up since ${formatTime(now.startedAt)} UTC` : ''}`);
}

const notRunning = (state: string): string =>
  state === 'stopped' ? 'the local cloud is not up: run `npx tributary up`' : `the local cloud is ${state}`;

function onlyLocal(session: Session, command: string): void {
  if (session.options.stage === 'local') return;
  throw new UsageError(`\`${command}\` is about the local cloud only; on AWS use \`npx serverless\``);
}
