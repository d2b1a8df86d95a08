import { createInterface } from 'node:readline/promises';
import { UsageError } from './exit.ts';

/** Asks on the terminal; anything but a yes is a UsageError with this text. */
export async function confirm(question: string, otherwise: string): Promise<void> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError(otherwise);
  } finally {
    prompt.close();
  }
}

/** Throws UsageError where nobody can be asked. */
export function needTerminal(reason: string): void {
  if (!process.stdin.isTTY) throw new UsageError(`${reason}: add --yes where nobody can be asked`);
}
