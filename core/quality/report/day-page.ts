import { formatBytes, formatCount, formatPercent, plural } from '../../figures.ts';
import { byTime, type DayFiles, type DayTotals, type FileSummary, passPercent } from './day.ts';
import { type Content, foreign, type Html, href, html } from './html.ts';
import { page } from './page.ts';
import {
  account,
  figures,
  orDash,
  outcomeTag,
  type Place,
  percentOf,
  shortName,
  table,
  time,
  worstFiles,
} from './parts.ts';
import { rulesOfDays } from './rules-over-days.ts';

/** Files that a page of a day lists: with more it would not open on a telephone. */
const listedFiles = 500;

/** Files that are named as the worst. */
const namedWorst = 10;

/** The report of a dataset's day. `earlier` are days before it, the oldest first, to compare with. */
export function dayPage(files: DayFiles, totals: DayTotals, earlier: DayTotals[], place: Place): string {
  const { dataset, day } = totals;
  const all = Object.values(files.files).sort(byTime);
  const crumbs = [{ text: dataset, href: `../${href('index.html')}` }, { text: day }];
  const content = [
    verdict(totals),
    dayFigures(totals),
    totals.counts.in === 0
      ? ''
      : html`<h2>Where the rows went</h2>${account(totals.counts, {
          accepted: `accepted, in silver.${dataset}`,
          rejected: 'rejected, in quarantine with their reasons',
          duplicate: 'exact repeats within a file',
          superseded: 'older versions of a row that the same file has newer',
        })}${refusedNote(totals)}`,
    worstSection(all),
    rulesOfDays(`${dataset} on ${day}`, totals.rules, [...earlier, totals]),
    filesSection(all),
  ];
  const footer = html`Made from the records of ${plural(totals.files, 'file')} of stage ${place.stage}. The day is that of the files' last change (UTC). What was done to them later, such as an undo, is not in it.`;
  return page(`${day} · ${dataset}`, crumbs, html`${dataset} on ${day}`, content, footer);
}

function verdict({ files, refused, counts, anomalies, uncounted }: DayTotals): Html {
  const remarks = [
    ...(refused > 0 ? [`${plural(refused, 'file')} refused`] : []),
    ...(counts.rejected > 0 ? [`${plural(counts.rejected, 'row')} in quarantine`] : []),
    ...(anomalies > 0 ? [`${plural(anomalies, 'file')} unlike those before`] : []),
  ];
  const more =
    uncounted > 0
      ? html` <span>${plural(uncounted, 'file')} not counted yet: the next file brings this up to date.</span>`
      : '';
  const taken = `${formatCount(files - refused)} of ${plural(files, 'file')} taken`;
  if (remarks.length === 0)
    return html`<div class="verdict good"><strong>${taken}</strong>Nothing to remark.${more}</div>`;
  return html`<div class="verdict ${refused > 0 ? 'bad' : 'warn'}"><strong>${taken}</strong>${remarks.join(', ')}.${more}</div>`;
}

function dayFigures({ files, refused, counts, bytes, rules, refused_rows }: DayTotals): Html {
  const pass = passPercent(rules);
  return figures([
    { name: 'Files', value: formatCount(files), note: refused > 0 ? `${formatCount(refused)} refused` : undefined },
    {
      name: 'Rows taken in',
      value: formatCount(counts.in),
      note: refused_rows > 0 ? `and ${formatCount(refused_rows)} of refused files` : undefined,
    },
    {
      name: 'In quarantine',
      value: formatCount(counts.rejected),
      note: formatPercent(percentOf(counts.rejected, counts.in)),
    },
    { name: 'Checks passed', value: pass === null ? 'none made' : formatPercent(pass) },
    { name: 'Size', value: formatBytes(bytes) },
  ]);
}

const refusedNote = ({ refused, refused_rows }: DayTotals): Content =>
  refused === 0
    ? ''
    : html`<p class="dim">Not among them: ${plural(refused_rows, 'row')} of ${plural(refused, 'refused file')}.</p>`;

function worstSection(files: FileSummary[]): Content {
  const worst = worstFiles(files, namedWorst);
  if (worst.length === 0 || files.length === 1) return '';
  const rows = worst.map((file): Content[] => [link(file), outcomeTag(file), ...rejectedCells(file), why(file)]);
  return [
    html`<h2>Worst files</h2>`,
    table(
      'Refused files, and those with most rejected rows',
      [
        { title: 'File', kind: 'w' },
        { title: 'Outcome' },
        { title: 'Rejected', kind: 'n' },
        { title: 'Share', kind: 'n' },
        { title: 'Mostly because of', kind: 'w' },
      ],
      rows,
    ),
  ];
}

/** The rules that most rows break; of a file that could not be read, why. */
function why({ broken, error, counts }: FileSummary): Content {
  if (counts === null || broken.length === 0) return foreign(error ?? '', 160);
  return [...broken]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([rule, rows], index) => html`${index === 0 ? '' : ', '}${foreign(rule, 80)} × ${formatCount(rows)}`);
}

const rejectedCells = ({ counts }: FileSummary): Content[] =>
  counts === null ? ['–', '–'] : [formatCount(counts.rejected), formatPercent(percentOf(counts.rejected, counts.in))];

function filesSection(files: FileSummary[]): Content {
  const shown = files.slice(0, listedFiles);
  const rows = shown.map((file): Content[] => [
    link(file),
    outcomeTag(file),
    ...rejectedCells(file),
    orDash(file.counts === null ? undefined : formatCount(file.counts.in)),
    orDash(file.counts === null || file.outcome === 'rejected' ? undefined : formatCount(file.counts.accepted)),
    formatBytes(file.size),
    time(file.finished_at),
  ]);
  const caption =
    files.length > shown.length
      ? `The last ${formatCount(shown.length)} of ${plural(files.length, 'file')}`
      : 'All of them, the last first';
  const heads = [
    { title: 'File', kind: 'w' as const },
    { title: 'Outcome' },
    { title: 'Rejected', kind: 'n' as const },
    { title: 'Share', kind: 'n' as const },
    { title: 'Rows', kind: 'n' as const },
    { title: 'Taken', kind: 'n' as const },
    { title: 'Size', kind: 'n' as const },
    { title: 'Done (UTC)', kind: 't' as const },
  ];
  return [html`<h2>Files</h2>`, table(caption, heads, rows)];
}

const link = ({ file_id, key }: FileSummary): Html =>
  html`<a href="${href(`${file_id}.html`)}">${foreign(shortName(key), 120)}</a>`;
