import type { IncidentItem } from '../ledger/items.ts';
import { executionConsoleLink } from './console-link.ts';

export interface AlertMessage {
  subject: string;
  message: string;
}

/** SNS: at most 100 characters, ASCII, no line breaks or control characters. */
const MAX_SUBJECT = 100;

/**
 * The page: a subject that fits a lock screen, and a text that is complete without opening anything else. `report` is where
 * the report of the first file is shown in a browser.
 */
export function pageMessage(incident: IncidentItem, stage: string, report?: string): AlertMessage {
  const { count, dataset, error, state, files, machine, run } = incident;
  const name = run.split(':').at(-1)!;
  const alone = count === 1;
  const subject = `[tributary ${stage}] ${alone ? '' : `${count} runs, `}${dataset}: ${error} in ${state}`;
  const at = state === '-' ? '' : ` in ${state}`;
  const facts: [string, string | undefined][] = [
    ['Error', error],
    ['Cause', incident.cause],
    ['State', state],
    ['Dataset', dataset],
    ['File id', incident.file_id],
    ['Machine', machine],
    ['Run', name],
    [alone ? 'Failed' : 'Since', incident.first_at],
    ['Console', executionConsoleLink(run)],
    ['Report', hasReport(incident) ? `npx tributary report ${incident.file_id} --open --stage ${stage}` : undefined],
    ['In S3', report],
  ];
  const lines = [
    alone
      ? `A run of ${machine} ${ENDINGS[error] ?? 'failed'}${at}.`
      : `${count} runs of ${machine} failed so far of the same cause; the first${at}:`,
    '',
    ...facts.filter(([, value]) => value).map(([key, value]) => `${`${key}:`.padEnd(9)} ${value}`),
    '',
    ...fileLines(files, count),
    'When the cause is removed, run what failed again, from the project folder:',
    `  npx tributary rerun ${name} --stage ${stage}`,
    ...(alone || incident.held_by === 'run' ? [] : [`  npx tributary rerun ${bulk(incident)} --stage ${stage}`]),
    '',
    `Input of ${alone ? 'the run' : 'the first run'}:`,
    incident.input ?? `(none, or too long; npx tributary run ${name} --stage ${stage})`,
    '',
    `Further ones are counted, not paged. When ${WHEN_OVER[incident.held_by]}, one message will say "resolved".`,
  ];
  return { subject: asciiLine(subject), message: lines.join('\n') };
}

/** Says that an incident is over; sent once, to the same people. */
export function resolvedMessage(incident: IncidentItem, stage: string): AlertMessage {
  const { count, dataset, error, state, machine, first_at, last_at } = incident;
  const subject = `[tributary ${stage}] resolved: ${count === 1 ? '' : `${count} runs, `}${dataset}: ${error} in ${state}`;
  const when = first_at === last_at ? `at ${first_at}` : `from ${first_at} to ${last_at}`;
  const lines = [
    `Resolved: ${count === 1 ? 'one run' : `${count} runs`} of ${machine} had failed with ${error}, ${when}.`,
    MADE_UP_FOR[incident.held_by],
    '',
    ...fileLines(incident.files, count),
    `Paged at ${incident.paged_at ?? incident.publishing_at}. Nothing is left to do.`,
  ];
  return { subject: asciiLine(subject), message: lines.join('\n') };
}

/** A file that its validation refused has a report; one that failed in another way has none. */
export const hasReport = ({ state, error, file_id }: IncidentItem): boolean =>
  state === 'ValidateFile' && error === 'FileRejectedError' && file_id !== undefined;

const WHEN_OVER: Record<IncidentItem['held_by'], string> = {
  file: 'all of their files are in the lake',
  table: 'the files that were waiting for it are in the lake',
  run: 'one with the same input has succeeded',
};

const MADE_UP_FOR: Record<IncidentItem['held_by'], string> = {
  file: 'All of their files are in the lake, in newer versions where they were corrected, or were taken out on purpose.',
  table: 'The files that were waiting for it are in the lake.',
  run: 'One with the same input has succeeded since.',
};

const ENDINGS: Record<string, string> = { 'States.Timeout': 'timed out', Aborted: 'was stopped' };

/** What the command takes to run all of them again. In the ledger, files of an unknown dataset have none. */
const bulk = ({ dataset, error }: IncidentItem) =>
  `--failed --since 1d${error === 'UnknownDatasetError' ? '' : ` --dataset ${dataset}`} --error ${error}`;

function fileLines(files: string[], count: number): string[] {
  if (files.length === 0) return [];
  const more = count > files.length ? [`  and up to ${count - files.length} more`] : [];
  return [
    files.length === 1 && more.length === 0 ? 'File:' : 'Files:',
    ...files.map((file) => `  ${file}`),
    ...more,
    '',
  ];
}

function asciiLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '?');
  return line.length <= MAX_SUBJECT ? line : `${line.slice(0, MAX_SUBJECT - 3)}...`;
}
