import { formatBytes, formatCount, formatPercent, plural } from '../../figures.ts';
import { dayOf } from '../record.ts';
import { columns, sparkline, swatch } from './chart.ts';
import { byTime, type DayTotals, type FileSummary, passPercent, type RuleTotal, worst } from './day.ts';
import { type Content, foreign, type Html, href, html } from './html.ts';
import { page } from './page.ts';
import { figures, orDash, outcomeTag, type Place, percentOf, shortName, table, tag, time } from './parts.ts';
import { rulesOfDays } from './rules-over-days.ts';

/** Files that are named as the last. */
const namedLast = 20;

/** The report of a dataset over its last days with files, given the oldest first; at least one. */
export function datasetPage(dataset: string, days: DayTotals[], place: Place): string {
  const last = days.at(-1)!;
  const content = [
    verdict(last),
    trends(days),
    drawing(days),
    daysSection(days),
    rulesOfDays(`${dataset}, last ${plural(days.length, 'day')} with files`, rulesOf(days), days),
    filesSection(days),
  ];
  const footer = html`The last ${plural(days.length, 'day')} with files of stage ${place.stage}; days are those of the files' last change (UTC). What was done to files later, such as an undo, is not in it.`;
  return page(`${dataset} · quality`, [{ text: dataset }], html`Quality of ${dataset}`, content, footer);
}

function verdict(last: DayTotals): Html {
  const { day, files, refused, counts } = last;
  const tone = refused > 0 ? 'bad' : counts.rejected > 0 || last.anomalies > 0 ? 'warn' : 'good';
  return html`<div class="verdict ${tone}"><strong>Last day with files: <a href="${href(day, 'index.html')}">${day}</a></strong>${formatCount(files - refused)} of ${plural(files, 'file')} taken, ${plural(counts.accepted, 'row')} accepted, ${formatCount(counts.rejected)} in quarantine (${formatPercent(percentOf(counts.rejected, counts.in))})</div>`;
}

function trends(days: DayTotals[]): Html {
  const trend = (name: string, of: (day: DayTotals) => number | null, shown: (value: number) => string) => {
    const values = days.map((day) => of(day) ?? undefined);
    const known = values.filter((value) => value !== undefined);
    const value = known.at(-1);
    if (value === undefined) return { name, value: '–' };
    const label = `${name} by day: ${shown(Math.min(...known))} to ${shown(Math.max(...known))}, at last ${shown(value)}`;
    return { name, value: shown(value), note: known.length < 2 ? undefined : sparkline(values, label) };
  };
  return figures([
    trend('Rows a day', ({ counts }) => counts.in, formatCount),
    trend('In quarantine', ({ counts }) => percentOf(counts.rejected, counts.in), formatPercent),
    trend('Checks passed', ({ rules }) => passPercent(rules), formatPercent),
    trend('Size a day', ({ bytes }) => bytes, formatBytes),
    trend('Files a day', ({ files }) => files, formatCount),
  ]);
}

const NAMES = ['accepted', 'rejected', 'duplicate', 'superseded'] as const;

function drawing(days: DayTotals[]): Html {
  const stacks = days.map(({ day, counts }) => ({
    title: `${day}: ${NAMES.map((name) => `${formatCount(counts[name])} ${name}`).join(', ')}`,
    parts: NAMES.map((name) => ({ name, value: counts[name] })),
  }));
  const [first, end] = [days[0]!.day, days.at(-1)!.day];
  const key = NAMES.map((name) => html`<li>${swatch(name)}${name}</li>`);
  return html`<figure>${columns(stacks, `Rows by day, from ${first} to ${end}; the figures are in the table of days`)}<figcaption>Rows by day, from ${first} to ${end}</figcaption><ul class="key">${key}</ul></figure>`;
}

function daysSection(days: DayTotals[]): Content {
  const rows = [...days].reverse().map((day): Content[] => {
    const pass = passPercent(day.rules);
    const { counts } = day;
    return [
      html`<a href="${href(day.day, 'index.html')}">${day.day}</a>`,
      formatCount(day.files),
      day.refused === 0 ? '0' : tag('bad', formatCount(day.refused)),
      day.anomalies === 0 ? '0' : tag('warn', formatCount(day.anomalies)),
      formatCount(counts.in),
      formatCount(counts.rejected),
      formatPercent(percentOf(counts.rejected, counts.in)),
      orDash(pass === null ? undefined : formatPercent(pass)),
      formatBytes(day.bytes),
    ];
  });
  const n = (title: string) => ({ title, kind: 'n' as const });
  const heads = [
    { title: 'Day', kind: 't' as const },
    ...[
      n('Files'),
      n('Refused'),
      n('Unusual'),
      n('Rows taken in'),
      n('Rejected'),
      n('Share'),
      n('Checks passed'),
      n('Size'),
    ],
  ];
  return [html`<h2>Days</h2>`, table('The last days with files, newest first', heads, rows)];
}

/** Over all the days together, the worst first. */
function rulesOf(days: DayTotals[]): RuleTotal[] {
  const totals = new Map<string, RuleTotal>();
  // What a rule says is told as of the last day.
  for (const rule of [...days].reverse().flatMap((day) => day.rules)) {
    const known = totals.get(rule.name);
    if (known === undefined) totals.set(rule.name, { ...rule });
    else {
      known.rows_broken += rule.rows_broken;
      known.rows_checked += rule.rows_checked;
      known.files_broken += rule.files_broken;
    }
  }
  return [...totals.values()].sort(worst);
}

function filesSection(days: DayTotals[]): Content {
  const files = days
    .flatMap(({ latest }) => latest)
    .sort(byTime)
    .slice(0, namedLast);
  const link = (file: FileSummary) =>
    html`<a href="${href(dayOf(file), `${file.file_id}.html`)}">${foreign(shortName(file.key), 120)}</a>`;
  const rows = files.map((file): Content[] => [
    link(file),
    time(file.finished_at),
    outcomeTag(file),
    orDash(file.counts === null ? undefined : formatCount(file.counts.in)),
    orDash(file.counts === null ? undefined : formatCount(file.counts.rejected)),
    formatBytes(file.size),
  ]);
  const heads = [
    { title: 'File', kind: 'w' as const },
    { title: 'At (UTC)', kind: 't' as const },
    { title: 'Outcome' },
    { title: 'Rows', kind: 'n' as const },
    { title: 'Rejected', kind: 'n' as const },
    { title: 'Size', kind: 'n' as const },
  ];
  return [html`<h2>Last files</h2>`, table(`The last ${plural(files.length, 'file')}`, heads, rows)];
}
