import { spawnSync } from 'node:child_process';

/** Shows text that is longer than the screen through $PAGER or `less`; prints it where there is neither. */
export function showPaged(text: string, screen: { rows?: number; isTTY?: boolean }): void {
  const lines = text.split('\n').length;
  if (screen.isTTY && process.stdin.isTTY && lines > (screen.rows ?? 24) - 1) {
    // -S: long lines are cut, not wrapped; -R: colours; -F, -X: leave the screen as it is.
    const pager = process.env.PAGER || 'less -FRSX';
    const shown = spawnSync(pager, { shell: true, input: text, stdio: ['pipe', 'inherit', 'inherit'] });
    // 127: the shell knows no such program.
    if (shown.error === undefined && shown.status !== 127) return;
  }
  process.stdout.write(text);
}
