import { formatCount, formatPercent, plural } from '../../figures.ts';
import { sparkline } from './chart.ts';
import type { DayTotals, RuleTotal } from './day.ts';
import { type Content, html } from './html.ts';
import { passTag, percentOf, ruleCell, table } from './parts.ts';

/** Rules that nobody breaks are folded away when there are more than these. */
const atOnce = 12;

/** Rules with the share of rows that pass them, the worst first, and how that was over the days. */
export function rulesOfDays(what: string, rules: RuleTotal[], days: DayTotals[]): Content {
  if (rules.length === 0) return '';
  const shares = days.map((day) => new Map(day.rules.map((rule) => [rule.name, rule])));
  const rows = rules.map((rule): { broken: boolean; cells: Content[] } => {
    const trend = days.map((day, index) => passed(shares[index]!.get(rule.name), rule, day));
    return {
      // One that was broken lately is of interest, also on a day on which it was kept.
      broken: trend.some((share) => share !== undefined && share < 100),
      cells: [
        ruleCell(rule),
        passTag(rule.rows_broken, rule.rows_checked, rule.severity),
        formatCount(rule.rows_broken),
        formatCount(rule.rows_checked),
        trendCell(trend),
        rule.severity === 'error' ? 'rejects the row' : 'warns',
      ],
    };
  });
  const first = rows.length <= atOnce ? rows : rows.filter(({ broken }) => broken);
  const rest = rows.filter((row) => !first.includes(row));
  const heads = [
    { title: 'Rule', kind: 'w' as const },
    { title: 'Pass', kind: 'n' as const },
    { title: 'Rows that break it', kind: 'n' as const },
    { title: 'of', kind: 'n' as const },
    { title: days.length === 1 ? 'Trend' : `Last ${plural(days.length, 'day')} with files`, kind: 't' as const },
    { title: 'Effect', kind: 't' as const },
  ];
  const tableOf = (caption: string, list: typeof rows) =>
    table(
      caption,
      heads,
      list.map(({ cells }) => cells),
    );
  return [
    html`<h2>Rules</h2>`,
    first.length === 0 ? html`<p>No row breaks any rule.</p>` : tableOf(`Rules of ${what}, the worst first`, first),
    rest.length === 0
      ? ''
      : html`<details><summary>${plural(rest.length, 'rule')} that no row breaks</summary>${tableOf('Rules that no row breaks', rest)}</details>`,
  ];
}

/** What is no rule of the contract is told of only where a row breaks it. */
function passed(found: RuleTotal | undefined, { origin }: RuleTotal, day: DayTotals): number | undefined {
  if (found === undefined) return origin === 'record' && day.counts.in + day.refused_rows > 0 ? 100 : undefined;
  if (found.rows_checked === 0) return undefined;
  return percentOf(found.rows_checked - found.rows_broken, found.rows_checked);
}

function trendCell(trend: (number | undefined)[]): Content {
  const known = trend.filter((share) => share !== undefined);
  if (known.length < 2) return html`<span class="dim">one day</span>`;
  const [least, last] = [Math.min(...known), known.at(-1)!];
  return sparkline(trend, `pass rate by day: ${formatPercent(least)} at the least, ${formatPercent(last)} at last`);
}
