/** What a guide asks its reader to do, in its order. */
export type Step =
  | { kind: 'file'; path: string; text: string; line: number }
  | { kind: 'command'; command: string; line: number; shows?: string };

const block = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;

/**
 * The steps of a guide's code blocks: one with a file name is that file, each line of one in `sh` is a command, and one
 * in `text` is what the command before it shows. Throws at a block that is none of these.
 */
export function steps(markdown: string): Step[] {
  const found: Step[] = [];
  for (const match of markdown.matchAll(block)) {
    const [, language, path, text] = match as unknown as [string, string, string | undefined, string];
    const line = markdown.slice(0, match.index).split('\n').length;
    const last = found.at(-1);
    if (path !== undefined) found.push({ kind: 'file', path, text, line });
    else if (language === 'sh') {
      const commands = text.split('\n').filter((command) => command.trim());
      found.push(...commands.map((command, index) => ({ kind: 'command' as const, command, line: line + 1 + index })));
    } else if (language === 'text' && last?.kind === 'command') last.shows = text;
    else throw new Error(`line ${line}: nobody can tell what to do with this ${language} block`);
  }
  return found;
}
