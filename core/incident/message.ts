import type { Incident } from './incident.ts';

export interface AlertMessage {
  subject: string;
  message: string;
}

/** SNS: at most 100 characters, ASCII, no line breaks or control characters. */
const MAX_SUBJECT = 100;
/** SNS takes 256 KB a message, an input may be that long by itself, and a character may take three bytes. */
const MAX_INPUT = 60_000;
const MAX_CAUSE = 20_000;

/** The page: a subject that fits a lock screen, and a text that is complete without opening anything else. */
export function alertMessage(incident: Incident, stage: string): AlertMessage {
  const { run, file } = incident;
  const subject = `[tributary ${stage}] ${incident.dataset}: ${incident.error} in ${incident.state}`;
  const what = file === undefined ? `A run of ${run.machine}` : `The run for ${file.key}`;
  const facts: [string, string | undefined][] = [
    ['Error', incident.error],
    ['Cause', shorten(incident.cause, MAX_CAUSE)],
    ['State', incident.state],
    ['Dataset', incident.dataset],
    ['File', file && `s3://${file.bucket}/${file.key}`],
    ['Version', file?.versionId],
    ['File id', file?.fileId],
    ['Machine', run.machine],
    ['Run', run.name],
    ['Started', run.startedAt.toISOString()],
    ['Ended', run.stoppedAt?.toISOString()],
    ['Console', incident.consoleLink],
  ];
  const lines = [
    `${what} ${ENDINGS[run.status] ?? 'failed'}${incident.state === '-' ? '' : ` in ${incident.state}`}.`,
    '',
    ...facts.filter(([, value]) => value).map(([name, value]) => `${`${name}:`.padEnd(9)} ${value}`),
    '',
    'When the cause is removed, run it again from the project folder:',
    `  npx tributary rerun ${run.name} --stage ${stage}`,
    '',
    'Input of the run:',
    shorten(run.input ?? '(none)', MAX_INPUT),
    '',
    'More failures with this error, dataset and machine are counted until the hour (UTC) is over, and not paged again.',
  ];
  return { subject: asciiLine(subject), message: lines.join('\n') };
}

const ENDINGS: Record<string, string> = { TIMED_OUT: 'timed out', ABORTED: 'was stopped' };

function asciiLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '?');
  return line.length <= MAX_SUBJECT ? line : `${line.slice(0, MAX_SUBJECT - 3)}...`;
}

function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length - limit} more characters)`;
}
