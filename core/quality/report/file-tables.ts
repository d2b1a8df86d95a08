import { formatCount, formatPercent, plural } from '../../figures.ts';
import type { FileRecord, GateRecord, RuleResult } from '../record.ts';
import { worst } from './day.ts';
import { type Content, foreign, type Html, html } from './html.ts';
import { command, orDash, type Place, passTag, percentOf, ruleCell, table, tag } from './parts.ts';

/** Characters of a value of the data: more would be a row of the screen. */
const VALUE = 60;

/** Unknown columns that a page names; the record has up to 300. */
const NAMED = 50;

export function rulesSection(record: FileRecord, place: Place): Content {
  const { rules } = record;
  if (rules.length === 0) return html`<h2>Rules</h2><p>The rows could not be read, so no rule was checked.</p>`;
  const broken = rules.filter(({ rows_broken }) => rows_broken > 0).sort(worst);
  const kept = rules.filter(({ rows_broken }) => rows_broken === 0);
  const first =
    broken.length === 0
      ? html`<p>No row breaks a rule: ${plural(rules.length, 'rule')} ${rules.length === 1 ? 'was' : 'were'} checked.</p>`
      : brokenTable(record, broken, place);
  const rest =
    kept.length === 0
      ? ''
      : html`<details><summary>${broken.length === 0 ? 'The rules' : `${plural(kept.length, 'rule')} that no row breaks`}</summary>${keptTable(kept)}</details>`;
  return [html`<h2>Rules</h2>`, first, rest];
}

function brokenTable(record: FileRecord, rules: RuleResult[], place: Place): Html {
  const rows = rules.map((rule): Content[] => [
    ruleCell(rule),
    passTag(rule.rows_broken, rule.rows_checked, rule.severity),
    formatCount(rule.rows_broken),
    formatCount(rule.rows_checked),
    examples(rule, record),
    rule.severity === 'error' ? 'rejects the row' : 'warns',
  ]);
  const heads = [
    { title: 'Rule', kind: 'w' as const },
    { title: 'Pass', kind: 'n' as const },
    { title: 'Rows that break it', kind: 'n' as const },
    { title: 'of', kind: 'n' as const },
    { title: 'For example', kind: 'w' as const },
    { title: 'Effect', kind: 't' as const },
  ];
  const all =
    (record.rows_rejected ?? 0) > 0
      ? html`<p class="dim">A row may break several. All rejected rows, each with its reasons: ${command(place, `quarantine ${record.dataset} --file ${record.file_id}`)}</p>`
      : '';
  return html`${table('Rules that rows break, the worst first', heads, rows)}${all}`;
}

function examples({ column_name, examples: found = [] }: RuleResult, { columns }: FileRecord): Content {
  const shown = found.filter(({ value }) => value !== null);
  const first = found[0];
  const where =
    first === undefined
      ? undefined
      : first.line === null
        ? `record ${formatCount(first.record)}`
        : `line ${formatCount(first.line)}`;
  if (shown.length > 0) {
    return shown.map(
      ({ value, rows }, index) =>
        html`${index === 0 ? '' : html`<br>`}<code>${foreign(value!, 110)}</code> <span class="dim">× ${formatCount(rows)}${index === 0 ? `, first in ${where}` : ''}</span>`,
    );
  }
  const pii = columns.find(({ name }) => name === column_name)?.pii === true;
  if (first === undefined) return pii ? html`<span class="dim">personal data</span>` : '–';
  return html`<span class="dim">${pii ? 'personal data, ' : ''}first in ${where}</span>`;
}

const keptTable = (rules: RuleResult[]): Html =>
  table(
    'Rules that no row breaks',
    [
      { title: 'Rule', kind: 'w' },
      { title: 'Effect', kind: 't' as const },
      { title: 'Rows checked', kind: 'n' },
    ],
    rules.map((rule) => [
      ruleCell(rule),
      rule.severity === 'error' ? 'rejects the row' : 'warns',
      formatCount(rule.rows_checked),
    ]),
  );

export const measure = ({ measured, unit }: GateRecord): string =>
  unit === 'percent' ? formatPercent(measured) : formatCount(measured);

export function gatesSection({ gates }: FileRecord): Content {
  if (gates.length === 0) return '';
  const rows = gates.map((gate): Content[] => [
    ruleCell(gate),
    gate.passed ? tag('good', 'kept') : tag(gate.severity === 'error' ? 'bad' : 'warn', 'broken'),
    measure(gate),
    gate.severity === 'error' ? 'refuses the file' : 'warns',
  ]);
  const heads = [
    { title: 'Gate', kind: 'w' as const },
    { title: 'Result' },
    { title: 'Found', kind: 'n' as const },
    { title: 'Effect', kind: 't' as const },
  ];
  return [html`<h2>Rules of the file as a whole</h2>`, table('Gates, with what was measured', heads, rows)];
}

export function columnsSection({ columns, unknown_columns, rows_accepted, outcome }: FileRecord): Content {
  const accepted = rows_accepted ?? 0;
  const none = html`<span class="dim">–</span>`;
  const hidden = html`<span class="dim">personal data</span>`;
  const rows = columns.map((column): Content[] => {
    const value = (text: string | null) => (column.pii ? hidden : text === null ? none : foreign(text, VALUE));
    return [
      html`<strong>${foreign(column.name)}</strong>`,
      formatCount(column.nulls),
      formatPercent(percentOf(column.nulls, accepted)),
      formatCount(column.distinct_values),
      value(column.min),
      value(column.max),
      column.top.length === 0 ? orDash(undefined) : top(column.top, accepted),
    ];
  });
  const heads = [
    { title: 'Column', kind: 't' as const },
    { title: 'Empty', kind: 'n' as const },
    { title: 'Share', kind: 'n' as const },
    { title: 'Different (about)', kind: 'n' as const },
    { title: 'Least', kind: 'v' as const },
    { title: 'Greatest', kind: 'v' as const },
    { title: 'Most frequent', kind: 'w' as const },
  ];
  const caption = `Of the ${plural(accepted, 'row')} ${outcome === 'done' ? 'that were accepted' : 'without fault'}`;
  return [
    columns.length === 0 ? '' : [html`<h2>Columns</h2>`, table(caption, heads, rows)],
    unknown_columns.length === 0
      ? ''
      : [html`<h2>Columns that the contract does not know</h2>`, unknown(unknown_columns)],
  ];
}

function top(values: { value: string; rows: number }[], accepted: number): Content {
  const shown = values
    .slice(0, 5)
    .map(
      ({ value, rows }, index) =>
        html`${index === 0 ? '' : html`<br>`}<code>${foreign(value, VALUE)}</code> <span class="dim">${formatPercent(percentOf(rows, accepted))}</span>`,
    );
  return values.length > 5
    ? [shown, html`<br><span class="dim">and ${formatCount(values.length - 5)} more</span>`]
    : shown;
}

function unknown(names: string[]): Html {
  const shown = names
    .slice(0, NAMED)
    .map((name, index) => html`${index === 0 ? '' : ', '}<code>${foreign(name, VALUE)}</code>`);
  return html`<p>${shown}${names.length > NAMED ? ` and ${formatCount(names.length - NAMED)} more` : ''}</p>`;
}
