import type { Drift } from '../../core/discovery/drift/find.ts';
import { sizeText } from '../../core/discovery/drift/tell.ts';
import { formatTime } from '../format.ts';
import type { Terminal } from '../terminal.ts';

/** What was found of each dataset, and the changes of contracts that would follow it. */
export function showDrift(terminal: Terminal, all: Drift[]): void {
  if (terminal.mode === 'json') {
    terminal.json(all);
    return;
  }
  const drifting = all.filter(({ findings }) => findings.length > 0);
  if (drifting.length > 0) {
    terminal.table(
      [
        { title: 'dataset' },
        { title: 'column' },
        { title: 'what', width: 80 },
        { title: 'files', align: 'right' },
        { title: 'since' },
      ],
      drifting.flatMap(({ dataset, findings }) =>
        findings.map(({ column, sentence, files, since }) => [
          dataset,
          column ?? '',
          sentence,
          files,
          formatTime(since),
        ]),
      ),
    );
  }
  for (const { dataset, findings } of drifting) showChanges(terminal, dataset, findings);
  for (const { dataset, days, recent, before, findings } of all) {
    const what = findings.length === 0 ? 'no drift' : `${findings.length} found`;
    terminal.note(
      recent.found === 0
        ? `${dataset}: no file in the last ${days} days`
        : `${dataset}: ${what} in ${sizeText(recent)} of the last ${days} days; compared with ${sizeText(before)} before`,
    );
  }
}

function showChanges(terminal: Terminal, dataset: string, findings: Drift['findings']): void {
  const changes = findings.flatMap(({ suggestion }) => suggestion ?? []);
  // Its lines would be cut into fields by whoever reads plain output.
  if (changes.length === 0 || terminal.mode !== 'table') return;
  terminal.heading(`schemas/${dataset}.odcs.yaml could say, if the files are right (and version one more)`);
  for (const change of changes) terminal.out(change);
}
