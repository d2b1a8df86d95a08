/** Prints figures of a suite, past jest's own framing of the console. */
export const report = (...lines: string[]): void => void process.stderr.write(`${lines.join('\n')}\n`);
