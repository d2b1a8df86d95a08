import type { Execution } from '../../aws/executions.ts';
import type { StateVisit } from '../../core/incident/timeline.ts';
import { formatDuration, formatTime } from '../format.ts';
import type { Column, Style } from '../terminal.ts';
import { describeRun, type RunOutcome } from './describe.ts';

const STYLES: Record<string, Style> = {
  running: 'cyan',
  done: 'green',
  succeeded: 'green',
  handed_over: 'green',
  already_ingested: 'dim',
  undone: 'dim',
  not_a_file: 'dim',
  failed: 'red',
  rejected: 'red',
  timed_out: 'red',
  stopped: 'yellow',
};

export const words = (name: string): string => name.replaceAll('_', ' ');
export const outcomeStyle = (outcome: unknown): Style | undefined => STYLES[String(outcome).replaceAll(' ', '_')];

export const RUN_COLUMNS: Column[] = [
  { title: 'run' },
  { title: 'outcome', style: outcomeStyle },
  { title: 'started (UTC)' },
  { title: 'took', align: 'right' },
  { title: 'dataset' },
  { title: 'file' },
  { title: 'error' },
];

export function took(run: { startedAt: Date; stoppedAt?: Date }, now: Date): number {
  return (run.stoppedAt ?? now).getTime() - run.startedAt.getTime();
}

/** On a terminal the beginning of the name is enough: every command takes it. */
export function runRow(run: Execution, now: Date, short = false): unknown[] {
  const facts = describeRun(run);
  const file = facts.key?.split('/').slice(2).join('/') || facts.key;
  return [
    short ? run.name.slice(0, 8) : run.name,
    words(facts.outcome),
    formatTime(run.startedAt),
    formatDuration(took(run, now)),
    facts.dataset,
    file,
    run.error,
  ];
}

export function runJson(run: Execution, now: Date): Record<string, unknown> {
  const facts = describeRun(run);
  return {
    name: run.name,
    arn: run.arn,
    status: run.status,
    outcome: facts.outcome satisfies RunOutcome,
    started_at: run.startedAt.toISOString(),
    stopped_at: run.stoppedAt?.toISOString() ?? null,
    milliseconds: took(run, now),
    dataset: facts.dataset ?? null,
    key: facts.key ?? null,
    version_id: facts.versionId ?? null,
    file_id: facts.fileId ?? null,
    leader: facts.leader ?? null,
    warnings: facts.warnings,
    error: facts.outcome === 'done' ? null : (facts.reason ?? null),
  };
}

export const STATE_COLUMNS: Column[] = [
  { title: 'state' },
  { title: 'status', style: outcomeStyle },
  { title: 'started (UTC)' },
  { title: 'took', align: 'right' },
  { title: 'retries', align: 'right' },
  { title: 'error' },
];

/** Choices and the like take no time and say nothing: they are left out unless the run ended there. */
export function stateRows(visits: StateVisit[], now: Date): unknown[][] {
  return visits
    .filter((visit) => visit.kind === 'Task' || visit.kind === 'Wait' || visit.status !== 'succeeded')
    .map((visit) => [
      visit.state,
      visit.status,
      formatTime(visit.startedAt),
      formatDuration((visit.endedAt ?? now).getTime() - visit.startedAt.getTime()),
      visit.retries || '',
      visit.error ?? '',
    ]);
}
