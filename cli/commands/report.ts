import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { readDatasets, readSqlFiles } from '../../aws/project-files.ts';
import { pagePorts } from '../../aws/reports.ts';
import type { Stack } from '../../aws/stack.ts';
import { parseMarts } from '../../core/gold/mart.ts';
import { fileState, getFile } from '../../core/ledger/files.ts';
import type { DayTotals } from '../../core/quality/report/day.ts';
import { datasetPageKey, dayPageKey, filePageKey } from '../../core/quality/report/keys.ts';
import { martsOf } from '../../core/quality/report/marts.ts';
import { action, type Session } from '../context.ts';
import { checkDataset } from '../drop/files.ts';
import { FailedError, UsageError } from '../exit.ts';
import { type ReportLake, reportLake } from '../report/lake.ts';
import { openPage, type Page, savePages } from '../report/save.ts';
import { DAY_COLUMNS, dayRow, fileLines, showLines, whereLines } from '../report/show.ts';
import { type Where, whereIs } from '../report/where.ts';

interface Options {
  day?: string;
  out?: string;
  open?: boolean;
}

/** What a report is about: what is shown of it, and its pages, its own first. */
interface Found {
  where: Where;
  show(): void;
  json: object;
  pages(): Promise<Page[]>;
}

interface Looking {
  session: Session;
  stack: Stack;
  lake: ReportLake;
  at(key: string): Where;
}

export function report(program: Command): void {
  program
    .command('report')
    .description('show the quality report of a file, a day or a dataset; save or open its page')
    .argument('[file-or-dataset]', 'id of a file, or name of a dataset; without one, all datasets in short')
    .option('--day <day>', 'the report of this day of a dataset, like 2026-03-01 (UTC)', day)
    .option('--out <path>', 'save the page to this .html file, or it and the pages it links to in this folder')
    .option('--open', 'open the page in the browser')
    .action(
      action<[string | undefined], Options>(async (session, options, what) => {
        const { terminal } = session;
        const datasets = readDatasets();
        const file = what !== undefined && /^[0-9a-f]{32}$/.test(what);
        if (what !== undefined && !file) checkDataset(what, Object.keys(datasets));
        if (options.day !== undefined && (what === undefined || file))
          throw new UsageError('--day goes with a dataset');
        const stack = await session.stack();
        const marts = parseMarts(readSqlFiles(), datasets);
        const { stage, lakeBucket } = stack;
        const lake = reportLake(pagePorts(lakeBucket), (dataset) => ({
          stage,
          lakeBucket,
          marts: martsOf(marts, dataset),
        }));
        const at = (key: string) => whereIs(stack, key, process.env.AWS_ENDPOINT_URL);
        const looking: Looking = { session, stack, lake, at };
        if (what === undefined) {
          if (options.out !== undefined || options.open)
            throw new UsageError('--out and --open go with a file or a dataset');
          return showAll(looking, Object.keys(datasets).sort());
        }
        const found = file
          ? await ofFile(looking, what)
          : options.day === undefined
            ? await ofDataset(looking, what)
            : await ofDay(looking, what, options.day);
        const saved = await save(found, options);
        if (terminal.mode === 'json') return terminal.json({ ...found.where, saved: saved ?? null, ...found.json });
        found.show();
        if (saved !== undefined && options.out !== undefined) terminal.note(`wrote ${saved}`);
      }),
    );
}

async function save({ pages }: Found, { out, open }: Options): Promise<string | undefined> {
  if (out === undefined && !open) return undefined;
  const saved = await savePages(await pages(), out ?? (await mkdtemp(join(tmpdir(), 'tributary-report-'))));
  if (open) await openPage(saved);
  return saved;
}

async function ofFile({ session, lake, at }: Looking, id: string): Promise<Found> {
  const { terminal } = session;
  const ledger = await session.ledger();
  const file = await getFile(ledger, id);
  if (file === undefined) throw new FailedError(`the ledger has no file ${id}`);
  const { state } = await fileState(ledger, file);
  const record = await lake.record(file);
  if (record === undefined) {
    const why = state === 'rejected' || state === 'done' ? '' : '; a report is written when a file is done or refused';
    throw new FailedError(`there is no report of file ${id}, which is ${state}${why}`);
  }
  const key = filePageKey(file);
  return {
    where: at(key),
    show: () => showLines(terminal, [...whereLines(at(key)), ...fileLines(record, state)]),
    json: { state, record },
    pages: async () => [{ key, text: () => lake.filePage(file) }],
  };
}

async function ofDay({ session, lake, at }: Looking, dataset: string, of: string): Promise<Found> {
  const totals = await lake.totals(dataset, of);
  if (totals === undefined)
    throw new FailedError(`there is no report of ${dataset} on ${of}: no file of that day is done or refused`);
  const key = dayPageKey(dataset, of);
  return found(session, at(key), [totals], async () => dayPages(lake, dataset, of));
}

async function ofDataset({ session, lake, at }: Looking, dataset: string): Promise<Found> {
  const days = await lake.days(dataset, session.clock.now());
  const newest = days.at(-1);
  if (newest === undefined)
    throw new FailedError(`there is no report of ${dataset}: none of its files is done or refused`);
  const totals = await Promise.all(days.map((of) => lake.totals(dataset, of)));
  const key = datasetPageKey(dataset);
  return found(session, at(key), totals, async () => [
    { key, text: () => lake.datasetPage(dataset, newest) },
    ...(await Promise.all(days.map((of) => dayPages(lake, dataset, of)))).flat(),
  ]);
}

function found({ terminal }: Session, where: Where, totals: (DayTotals | undefined)[], pages: Found['pages']): Found {
  const days = totals.filter((day) => day !== undefined).reverse();
  return {
    where,
    show() {
      showLines(terminal, whereLines(where));
      terminal.table(DAY_COLUMNS, days.map(dayRow));
    },
    json: { days },
    pages,
  };
}

/** The page of a day, then those of its files. */
async function dayPages(lake: ReportLake, dataset: string, of: string): Promise<Page[]> {
  const files = await lake.filesOf(dataset, of);
  return [
    { key: dayPageKey(dataset, of), text: () => lake.dayPage(dataset, of) },
    ...files.map((file) => ({ key: filePageKey(file), text: () => lake.filePage(file) })),
  ];
}

/** The last day of each dataset that has one. */
async function showAll({ session, lake, at }: Looking, datasets: string[]): Promise<void> {
  const { terminal, clock } = session;
  const last: { dataset: string; where: Where; totals: DayTotals }[] = [];
  for (const dataset of datasets) {
    const newest = (await lake.days(dataset, clock.now())).at(-1);
    const totals = newest === undefined ? undefined : await lake.totals(dataset, newest);
    if (totals !== undefined) last.push({ dataset, where: at(datasetPageKey(dataset)), totals });
  }
  if (terminal.mode === 'json') {
    return terminal.json(last.map(({ dataset, where, totals }) => ({ dataset, ...where, last_day: totals })));
  }
  const [dayColumn, ...figures] = DAY_COLUMNS;
  terminal.table(
    ['dataset', { ...dayColumn!, title: 'last day' }, ...figures, 'report'],
    last.map(({ dataset, where, totals }) => [dataset, ...dayRow(totals), where.uri]),
  );
  if (last.length === 0) terminal.note('no file is done or refused yet');
}

function day(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || new Date(`${text}T00:00Z`).toJSON()?.slice(0, 10) !== text) {
    throw new InvalidArgumentError('write it like 2026-03-01');
  }
  return text;
}
