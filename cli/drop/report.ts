import type { RowCounts } from '../../core/ledger/items.ts';
import { formatCount, formatDuration } from '../format.ts';
import type { FollowResult } from '../runs/follow.ts';
import { outcomeStyle, words } from '../runs/render.ts';
import type { Column, Terminal } from '../terminal.ts';

const COUNTS = ['in', 'accepted', 'rejected', 'duplicate', 'superseded'] as const satisfies (keyof RowCounts)[];

const COLUMNS: Column[] = [
  { title: 'file' },
  { title: 'outcome', style: outcomeStyle },
  ...COUNTS.map((title): Column => ({ title, align: 'right' })),
  { title: 'took', align: 'right' },
];

export const endedWell = (result: FollowResult): boolean =>
  result.outcome === 'done' || result.outcome === 'already_ingested' || result.outcome === 'not_a_file';

/** What became of each file and its rows, and for what went wrong: why, and where to look. */
export function reportFiles(
  terminal: Terminal,
  results: FollowResult[],
  where: { silver: string; stage: string },
  advise = true,
): void {
  if (terminal.mode === 'json') {
    terminal.json(results.map((result) => resultJson(result, where.silver)));
    return;
  }
  terminal.table(
    COLUMNS,
    results.map((result) => [
      baseName(result.key),
      words(result.outcome),
      ...COUNTS.map((name) => (result.counts === undefined ? '' : formatCount(result.counts[name]))),
      result.milliseconds > 0 ? formatDuration(result.milliseconds) : 'before',
    ]),
  );
  if (!advise) return;
  const stage = where.stage === 'local' ? '' : ` --stage ${where.stage}`;
  const tables = new Set(results.filter((result) => result.outcome === 'done').map((result) => dataset(result.key)));
  for (const table of tables) terminal.note(`accepted rows are in ${where.silver}.${table}`);
  for (const result of results) {
    for (const line of advice(result, stage)) terminal.note(line);
  }
}

function advice(result: FollowResult, stage: string): string[] {
  const name = baseName(result.key);
  const look = `look: npx tributary run ${runName(result.run) ?? result.fileId}${stage}`;
  const rejected = result.counts?.rejected ?? 0;
  const rows = `npx tributary quarantine ${dataset(result.key)} --file ${result.fileId}${stage}`;
  switch (result.outcome) {
    case 'done':
      return rejected > 0 ? [`${name}: ${formatCount(rejected)} rows rejected; see why: ${rows}`] : [];
    case 'rejected':
      return [
        `${name}: the whole file was refused: ${result.error ?? ''}`,
        ...(rejected > 0 ? [`  its rejected rows: ${rows}`] : []),
        `  ${look}`,
      ];
    case 'failed':
      return [
        `${name}: ${result.error ?? 'its run failed'}`,
        `  ${look}; when the cause is removed: npx tributary rerun ${runName(result.run) ?? result.fileId}${stage}`,
      ];
    case 'unfinished':
      return [`${name}: ${result.error ?? 'not finished'}; it goes on by itself. ${look}`];
    case 'not_picked_up':
      return [
        `${name}: uploaded, but no run started for it. Look: npx tributary alerts${stage} and npx tributary runs${stage}`,
      ];
    default:
      return result.error === undefined ? [] : [`${name}: ${result.error}`];
  }
}

function resultJson(result: FollowResult, silver: string): Record<string, unknown> {
  return {
    key: result.key,
    file_id: result.fileId,
    version_id: result.versionId ?? null,
    outcome: result.outcome,
    counts: result.counts ?? null,
    table: result.outcome === 'done' ? `${silver}.${dataset(result.key)}` : null,
    run: result.run ?? null,
    leader: result.leader ?? null,
    error: result.error ?? null,
    milliseconds: result.milliseconds,
  };
}

const dataset = (key: string): string => key.split('/')[1] ?? '';
const baseName = (key: string): string => key.split('/').slice(2).join('/') || key;
const runName = (arn: string | undefined): string | undefined => arn?.split(':').at(-1);
