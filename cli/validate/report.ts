import { describeGate, type ValidationResult } from '../../core/validation/result.ts';
import { cut, visible } from '../../core/visible.ts';
import { formatBytes, formatCount, formatDuration } from '../format.ts';
import { reasonText } from '../quarantine/reason.ts';
import type { Style, Terminal } from '../terminal.ts';
import type { Checked } from './check.ts';

/** Characters of a raw row and of a reason that are shown; `--json` and `--out` have them whole. */
const RAW_CHARACTERS = 300;
const REASON_CHARACTERS = 200;

export function report(terminal: Terminal, checked: Checked): void {
  if (terminal.mode === 'json') {
    terminal.json(reportJson(checked));
    return;
  }
  for (const [name, value] of facts(terminal, checked)) {
    if (value) terminal.out(terminal.mode === 'table' ? `${name.padEnd(15)} ${value}` : `${name}\t${value}`);
  }
  showGates(terminal, checked);
  showReasons(terminal, checked);
  showWarnings(terminal, checked);
  showRows(terminal, checked);
  for (const path of checked.written) terminal.note(`wrote ${path}`);
}

function facts(terminal: Terminal, checked: Checked): [string, string?][] {
  const { file, dataset, result, refusal, milliseconds } = checked;
  const outcome =
    refusal === undefined ? terminal.paint('green', 'would be taken') : terminal.paint('red', 'would be refused');
  return [
    ['file', visible(file)],
    ['contract', `${dataset.name} ${dataset.version}`],
    ['outcome', outcome],
    ['because', refusal && visible(refusalText(checked))],
    ['format', result && formatText(result)],
    ['rows', result && rowsText(result)],
    ['rejected', result && `${percent(result.rejectedPercent)}, allowed are ${percent(dataset.maxRejectPercent)}`],
    ['unknown columns', result && unknownText(result, dataset)],
    ['partitions', result && partitionsText(result)],
    ['took', formatDuration(milliseconds)],
  ];
}

/** Why the file is refused, without its name, and without talk of a quarantine that it has not reached. */
function refusalText({ file, refusal, result, dataset }: Checked): string {
  if (result !== undefined && result.rejectedPercent > dataset.maxRejectPercent) {
    return 'more rows are rejected than the contract allows';
  }
  const message = refusal?.message ?? '';
  return message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message;
}

const FORMATS = { csv: 'CSV', json: 'JSON array', jsonl: 'JSON lines', parquet: 'Parquet' };
const DELIMITERS: Record<string, string> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

/** `CSV with semicolons, windows-1252, gzip, 3.6 KB` */
function formatText({ profile, sourceBytes }: ValidationResult): string {
  const { format, delimiter, encoding, compression } = profile;
  const fields = delimiter === undefined ? '' : ` with ${DELIMITERS[delimiter] ?? visible(delimiter)}`;
  const packed = compression === 'none' ? undefined : compression;
  return [FORMATS[format] + fields, encoding, packed, formatBytes(sourceBytes)].filter(Boolean).join(', ');
}

function rowsText({ counts }: ValidationResult): string {
  const parts = (['accepted', 'rejected', 'duplicate', 'superseded'] as const).map(
    (name) => `${formatCount(counts[name])} ${name}`,
  );
  return `${formatCount(counts.in)} = ${parts.join(' + ')}`;
}

function partitionsText({ partitions }: ValidationResult): string | undefined {
  const [first] = partitions;
  if (first === undefined) return undefined;
  if (partitions.length === 1) return visible(first);
  return `${formatCount(partitions.length)}, from ${visible(first)} to ${visible(partitions.at(-1)!)}`;
}

function unknownText({ profile }: ValidationResult, { drift }: Checked['dataset']): string | undefined {
  if (profile.unknown_columns.length === 0) return undefined;
  const fate = { reject: 'their rows are rejected', rescue: 'kept in meta_rescued', evolve: 'become columns' }[drift];
  return `${profile.unknown_columns.map(visible).join(', ')} (${fate})`;
}

function showGates(terminal: Terminal, { dataset, result }: Checked): void {
  const gates = result?.profile.gates ?? [];
  if (gates.length === 0) return;
  terminal.heading('Quality rules of the file');
  terminal.table(
    [
      { title: 'rule' },
      { title: 'says', width: 60 },
      { title: 'found', align: 'right' },
      { title: '', style: gateStyle },
    ],
    gates.map((gate) => {
      const rule = dataset.gates.find(({ name }) => name === gate.name);
      const found = gate.unit === 'percent' ? percent(gate.measured) : formatCount(gate.measured);
      const verdict = gate.passed ? 'ok' : gate.severity === 'error' ? 'broken' : 'warning';
      return [gate.name, rule && describeGate(rule), found, verdict];
    }),
  );
}

const gateStyle = (value: unknown): Style =>
  (({ ok: 'green', broken: 'red' }) as const)[String(value) as 'ok'] ?? 'yellow';

function showWarnings(terminal: Terminal, { result }: Checked): void {
  const warnings = Object.entries(result?.profile.warnings ?? {});
  if (warnings.length === 0) return;
  terminal.heading('Warnings (accepted rows)');
  terminal.table(
    [{ title: 'rows', align: 'right' }, { title: 'rule' }],
    warnings.sort((a, b) => b[1] - a[1]).map(([rule, rows]) => [formatCount(rows), rule]),
  );
}

function showReasons(terminal: Terminal, { reasons }: Checked): void {
  if (reasons.length === 0) return;
  terminal.heading('Reasons');
  terminal.table(
    [
      { title: 'rows', align: 'right' },
      { title: 'column' },
      { title: 'rule' },
      { title: 'the first of them', width: 60 },
      { title: 'line', align: 'right' },
    ],
    reasons.map(({ rows, column, rule, message, line, record }) => [
      formatCount(rows),
      column ?? '',
      rule,
      shown(terminal, message, REASON_CHARACTERS),
      line ?? record,
    ]),
  );
}

function showRows(terminal: Terminal, { rejectedRows, result }: Checked): void {
  if (rejectedRows.length === 0) return;
  const all = result?.counts.rejected ?? 0;
  const first = rejectedRows.length < all ? `first ${formatCount(rejectedRows.length)} of ` : '';
  terminal.heading(`Rejected rows (${first}${formatCount(all)})`);
  const separator = terminal.mode === 'table' ? '\n' : '; ';
  terminal.table(
    [
      { title: 'record', align: 'right' },
      { title: 'line', align: 'right' },
      { title: 'reasons', width: 60 },
      { title: 'row', width: 60 },
    ],
    rejectedRows.map(({ record, line, raw, reasons }) => [
      record,
      line ?? '',
      reasons.map((reason) => shown(terminal, reasonText(reason), REASON_CHARACTERS)).join(separator),
      shown(terminal, raw ?? '', RAW_CHARACTERS),
    ]),
  );
}

/** Plain output has its own way of writing tabs, line ends and backslashes. */
function shown(terminal: Terminal, text: string, characters: number): string {
  const kept = cut(text, characters);
  return terminal.mode === 'table' ? visible(kept) : kept;
}

export function reportJson(checked: Checked) {
  const { file, dataset, result, refusal, reasons, rejectedRows, written, milliseconds } = checked;
  return {
    file,
    dataset: dataset.name,
    contract_version: dataset.version,
    outcome: refusal === undefined ? 'taken' : 'refused',
    error: refusal === undefined ? null : { name: refusal.name, message: refusalText(checked) },
    counts: result?.counts ?? null,
    rejected_percent: result?.rejectedPercent ?? null,
    max_reject_percent: dataset.maxRejectPercent,
    reasons,
    rejected_rows: rejectedRows,
    profile: result?.profile ?? null,
    written,
    milliseconds,
  };
}

const percent = (value: number): string => `${Math.round(value * 100) / 100} %`;
