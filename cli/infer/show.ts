import { writeFile } from 'node:fs/promises';
import { physicalType } from '../../core/discovery/render.ts';
import { visible } from '../../core/visible.ts';
import type { Inferred } from '../../engine/infer.ts';
import { formatCount, plural } from '../format.ts';
import type { Terminal } from '../terminal.ts';

/** Writes the draft to a file or to standard output; what was found is told beside it. */
export async function showDraft(terminal: Terminal, inferred: Inferred, out: string | undefined): Promise<void> {
  const { yaml } = inferred;
  if (out !== undefined) await writeFile(out, yaml, { flag: 'wx' });
  if (terminal.mode === 'json') return terminal.json(draftJson(inferred, out));
  if (out === undefined) terminal.out(yaml.trimEnd());
  else {
    terminal.table(
      [{ title: 'column' }, { title: 'type' }, { title: 'is' }, { title: 'rests on', width: 70 }],
      inferred.draft.columns.map((guess) => [
        guess.name,
        physicalType(guess.type),
        roles(inferred, guess.name),
        visible(guess.notes.join('; ')),
      ]),
    );
    terminal.note(`wrote ${out}`);
  }
  for (const sentence of checked(inferred)) terminal.note(sentence);
}

function roles({ draft: { key, partition, columns } }: Inferred, name: string): string {
  const guess = columns.find((column) => column.name === name)!;
  const all = [
    key.columns.includes(name) && 'key',
    key.versions.includes(name) && 'version',
    partition?.column === name && `by ${partition.transform}`,
    guess.required && 'required',
    guess.personal && 'personal data',
    guess.refersTo && `refers to ${guess.refersTo.dataset}`,
  ];
  return all.filter(Boolean).join(', ');
}

function checked({ draft, counts, reasons, yaml }: Inferred): string[] {
  const { accepted, rejected, duplicate, superseded } = counts;
  const others = [
    duplicate && `${formatCount(duplicate)} duplicate`,
    superseded && `${formatCount(superseded)} superseded`,
  ];
  const told = [
    `${formatCount(accepted)} accepted`,
    ...others.filter(Boolean),
    `${formatCount(rejected)} rejected`,
  ].join(', ');
  const why =
    Object.keys(reasons).length > 0
      ? `, as damaged: ${Object.entries(reasons)
          .map(([reason, rows]) => `${rows} ${reason}`)
          .join(', ')}`
      : '';
  const todos = yaml.split('\n').filter((line) => /# TODO/.test(line)).length;
  const cut = draft.files.some(({ isCut }) => isCut)
    ? '; the files go on behind the sample, which may hold more kinds of values'
    : '';
  return [
    `checked by the draft, the sample's ${plural(counts.in, 'row')}: ${told}${why}${cut}`,
    `${plural(todos, 'place')} marked TODO; then move it to schemas/ and try it: npx tributary validate FILE --contract ${draft.dataset}.odcs.yaml`,
  ];
}

function draftJson({ draft, yaml, counts, reasons }: Inferred, out: string | undefined) {
  const { dataset, files, columns, key, partition, leftOut, notes } = draft;
  return {
    dataset,
    written: out ?? null,
    files,
    counts,
    reasons,
    key,
    partition: partition ?? null,
    left_out: leftOut,
    notes,
    columns: columns.map(({ type, ...guess }) => ({ ...guess, type: physicalType(type) })),
    contract: yaml,
  };
}
