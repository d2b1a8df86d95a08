import { formatCount, formatPercent, formatTime } from '../../figures.ts';
import type { RowCounts } from '../../ledger/items.ts';
import { type Part, shares, swatch } from './chart.ts';
import { compare, type FileSummary } from './day.ts';
import { type Content, foreign, type Html, html } from './html.ts';

/** What the pages of one stage have in common. */
export interface Place {
  stage: string;
  lakeBucket: string;
}

/** The command line that does something here. */
export const command = ({ stage }: Place, words: string): Html =>
  html`<code>npx tributary ${words}${stage === 'local' ? '' : ` --stage ${stage}`}</code>`;

export interface Figure {
  name: string;
  value: Content;
  note?: Content;
}

export function figures(list: Figure[]): Html {
  const boxes = list.map(
    ({ name, value, note }) =>
      html`<div><dt>${name}</dt><dd>${value}${note === undefined ? '' : html`<small>${note}</small>`}</dd></div>`,
  );
  return html`<dl class="figures">${boxes}</dl>`;
}

/** Left out: what there is nothing to say of. */
export const facts = (list: [name: string, value: Content][]): Html =>
  html`<dl class="facts">${list
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;

export interface Head {
  title: string;
  /** n: a number, to the right; t: not broken into lines; v, w: has room for a value, for a sentence. */
  kind?: 'n' | 't' | 'v' | 'w';
}

/** The first cell of a row names it. A table that is wider than the screen can be pushed, by the keyboard as well. */
export function table(caption: string, heads: Head[], rows: Content[][]): Html {
  const kinds = heads.map(({ kind }) => (kind === undefined ? '' : html` class="${kind}"`));
  const head = heads.map(({ title }, index) => html`<th scope="col"${kinds[index]}>${title}</th>`);
  const body = rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, index) =>
        index === 0 ? html`<th scope="row"${kinds[0]}>${cell}</th>` : html`<td${kinds[index]}>${cell}</td>`,
      )}</tr>
`,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`;
}

export type Tone = 'good' | 'warn' | 'bad';

export const tag = (tone: Tone, text: Content): Html => html`<span class="tag ${tone}">${text}</span>`;

export const time = (at: string | null): Content =>
  at === null ? undefined : html`<time datetime="${at}">${formatTime(at)}</time>`;

export const orDash = (value: Content): Content => value ?? '–';

export const percentOf = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);

const WAYS = ['accepted', 'rejected', 'duplicate', 'superseded'] as const;

/** rows in = accepted + rejected + duplicate + superseded, drawn and told. */
export function account(counts: RowCounts, meaning: Record<(typeof WAYS)[number], string>): Html {
  const parts: Part[] = WAYS.map((name) => ({ name, value: counts[name] }));
  const sum = WAYS.map((name) => `${formatCount(counts[name])} ${name}`).join(' + ');
  const key = WAYS.map(
    (name) =>
      html`<li>${swatch(name)}<strong>${formatCount(counts[name])}</strong> ${meaning[name]} <span class="dim">(${formatPercent(percentOf(counts[name], counts.in))})</span></li>`,
  );
  return html`<figure>${shares(parts, `${formatCount(counts.in)} rows = ${sum}`)}<figcaption>${formatCount(counts.in)} rows = ${sum}</figcaption><ul class="key">${key}</ul></figure>`;
}

/** A rule, and below it what it says. */
export const ruleCell = ({ name, description }: { name: string; description: string | null }): Html =>
  html`<strong>${foreign(name)}</strong>${description === null ? '' : html`<br><span class="dim">${foreign(description)}</span>`}`;

/** Passes, warns or refuses, in a word; not by its colour alone. */
export function passTag(broken: number, checked: number, severity: 'error' | 'warning'): Content {
  if (checked === 0) return html`<span class="dim">no rows</span>`;
  const text = formatPercent(percentOf(checked - broken, checked));
  return tag(broken === 0 ? 'good' : severity === 'warning' ? 'warn' : 'bad', text);
}

export function outcomeTag({ outcome, counts, anomalies, gates, broken }: FileSummary): Html {
  if (outcome === 'rejected') return tag('bad', 'refused');
  if (anomalies > 0) return tag('warn', 'unusual');
  if (gates.length > 0) return tag('warn', 'gate broken');
  if ((counts?.rejected ?? 0) > 0) return tag('warn', 'rejects');
  return broken.length > 0 ? tag('warn', 'warnings') : tag('good', 'clean');
}

/** The name of a file without the folders that all files of its dataset lie in. */
export const shortName = (key: string): string => key.replace(/^landing\/[^/]+\//, '') || key;

/** The worst files: the refused ones, then those with most rejected rows. */
export function worstFiles(files: FileSummary[], most: number): FileSummary[] {
  const bad = ({ outcome, counts }: FileSummary) => (outcome === 'rejected' ? Infinity : (counts?.rejected ?? 0));
  return files
    .filter((file) => bad(file) > 0)
    .sort(
      (a, b) =>
        (bad(a) === bad(b) ? 0 : bad(b) - bad(a)) ||
        (b.counts?.rejected ?? 0) - (a.counts?.rejected ?? 0) ||
        compare(a.file_id, b.file_id),
    )
    .slice(0, most);
}
