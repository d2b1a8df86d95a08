import type { FilesOptions, GeneratedFile } from '../../core/generate/files.ts';
import type { RowCounts } from '../../core/ledger/items.ts';
import { formatCount, formatTime } from '../format.ts';
import type { FollowResult } from '../runs/follow.ts';
import type { Column, Terminal } from '../terminal.ts';

const COUNTS = ['in', 'accepted', 'rejected', 'duplicate', 'superseded'] as const satisfies (keyof RowCounts)[];

const COLUMNS: Column[] = [
  { title: 'file' },
  { title: 'until' },
  ...COUNTS.map((title): Column => ({ title, align: 'right' })),
  { title: 'planted' },
];

/** Each file with what is in it on purpose, and what validation must count. */
export function reportGenerated(
  terminal: Terminal,
  files: GeneratedFile[],
  { maxRejectPercent }: { maxRejectPercent: number },
): void {
  terminal.table(
    COLUMNS,
    files.map(({ name, at, expected, planted }) => [
      name,
      formatTime(at),
      ...COUNTS.map((count) => formatCount(expected[count])),
      Object.entries(planted)
        .map(([kind, count]) => `${formatCount(count)} ${kind}`)
        .join(', '),
    ]),
  );
  for (const { name, refused } of files) {
    if (refused)
      terminal.note(`${name}: more than ${maxRejectPercent} % of its rows are bad: the file will be refused`);
  }
}

export function generatedJson(
  dataset: string,
  { seed, at, rows, format }: FilesOptions,
  files: GeneratedFile[],
  more: (file: GeneratedFile, index: number) => Record<string, unknown>,
): Record<string, unknown> {
  return {
    dataset,
    seed,
    at: at.toISOString(),
    rows,
    format,
    files: files.map((file, index) => {
      const { text, name, at: until, ...facts } = file;
      return { file: name, at: until.toISOString(), ...facts, ...more(file, index) };
    }),
  };
}

/** For each dropped file in which way it came out otherwise than it must, one line. */
export function surprises(files: GeneratedFile[], results: FollowResult[]): string[] {
  return files.flatMap(({ name, expected, refused }, index) => {
    const { outcome, counts } = results[index]!;
    const due = refused ? 'rejected' : 'done';
    if (outcome !== due) return [`${name}: ${due} was expected, and it is ${outcome.replaceAll('_', ' ')}`];
    const wrong = COUNTS.filter((count) => counts?.[count] !== expected[count]);
    return wrong.map((count) => `${name}: ${count} must be ${expected[count]}, and is ${counts?.[count] ?? 'unknown'}`);
  });
}
