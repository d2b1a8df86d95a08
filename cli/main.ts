import { CommanderError } from 'commander';
import { EXIT, exitCodeOf, messageOf } from './exit.ts';
import { buildProgram } from './program.ts';

// A reader that has seen enough (`| head`) closes the pipe: that ends the program, and is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

const program = buildProgram();
try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed what it had to say, help and version among it.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else {
    process.stderr.write(`tributary: ${messageOf(error)}\n`);
    if (process.env.TRIBUTARY_DEBUG) console.error(error);
    process.exitCode = exitCodeOf(error);
  }
}
