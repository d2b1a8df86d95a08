import { type Command, InvalidArgumentError, Option } from 'commander';
import { ledgerStore, systemClock } from '../aws/ledger.ts';
import type { Stack } from '../aws/stack.ts';
import type { Clock, LedgerStore } from '../core/ledger/store.ts';
import { connect } from './cloud.ts';
import { parseDuration } from './format.ts';
import { createTerminal, type Terminal } from './terminal.ts';

export interface GlobalOptions {
  stage: string;
  home?: string;
  json?: boolean;
}

/** What a command works with. The cloud is looked for when it is first asked for. */
export interface Session {
  options: GlobalOptions;
  terminal: Terminal;
  clock: Clock;
  stack(): Promise<Stack>;
  ledger(): Promise<LedgerStore>;
}

export function openSession(options: GlobalOptions): Session {
  if (options.home !== undefined) process.env.TRIBUTARY_HOME = options.home;
  let stack: Promise<Stack> | undefined;
  const connected = () => {
    stack ??= connect(options.stage);
    return stack;
  };
  return {
    options,
    terminal: createTerminal(process, options.json === true),
    clock: systemClock,
    stack: connected,
    ledger: async () => ledgerStore((await connected()).ledgerTable),
  };
}

/** Wraps a command's work: commander hands over arguments, options and the command, in that order. */
export function action<A extends unknown[], O>(
  work: (session: Session, options: O & GlobalOptions, ...args: A) => Promise<void>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const options = command.optsWithGlobals() as O & GlobalOptions;
    await work(openSession(options), options, ...(given.slice(0, -2) as A));
  };
}

/** For options that take a number of things. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number of at least 1 is needed');
  return value;
}

/** An option that takes a time span, `90s` or `15m`, and yields milliseconds. */
export function spanOption(flags: string, description: string, standard?: string): Option {
  const option = new Option(flags, description).argParser(span);
  return standard === undefined ? option : option.default(span(standard), standard);
}

function span(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw new InvalidArgumentError('write it like 90s, 15m, 2h or 7d');
  return value;
}
