import { formatBytes, formatCount, formatDuration, formatPercent, plural } from '../../figures.ts';
import { executionConsoleLink } from '../../incident/console-link.ts';
import { quarantineFolder, stagingFolder } from '../../pipeline/keys.ts';
import { orphanRemarks } from '../../silver/orphans.ts';
import { describeAnomaly } from '../band.ts';
import { dayOf, type FileRecord, recordKey } from '../record.ts';
import { countsOf } from './day.ts';
import { columnsSection, gatesSection, measure, rulesSection } from './file-tables.ts';
import { type Content, foreign, type Html, href, html } from './html.ts';
import { page } from './page.ts';
import { account, command, facts, figures, type Place, shortName, time } from './parts.ts';

export interface FilePlace extends Place {
  /** Marts that read the dataset, and those that read them: they are brought up to date with every file that is taken. */
  marts: string[];
}

/** The quality report of one file, made of its record alone. */
export function filePage(record: FileRecord, place: FilePlace): string {
  const name = shortName(record.key);
  const counts = countsOf(record);
  const crumbs = [
    { text: record.dataset, href: `../${href('index.html')}` },
    { text: dayOf(record), href: 'index.html' },
    { text: record.file_id },
  ];
  const content = [
    verdict(record, place),
    figures([
      { name: 'Rows', value: counts === null ? 'unknown' : formatCount(counts.in) },
      {
        name: record.outcome === 'done' ? 'In quarantine' : 'Rejected',
        value: counts === null ? 'unknown' : formatCount(counts.rejected),
        note: record.rejected_percent === null ? undefined : formatPercent(record.rejected_percent),
      },
      { name: 'Checks passed', value: checksPassed(record), note: checksNote(record) },
      { name: 'Size', value: formatBytes(record.size), note: unpacked(record) },
      record.drop_to_gold_seconds === null
        ? { name: 'Run', value: seconds(record.run_seconds) }
        : { name: 'From drop to gold', value: seconds(record.drop_to_gold_seconds), note: runNote(record) },
    ]),
    counts === null ? '' : html`<h2>Where the rows went</h2>${account(counts, ways(record))}`,
    rulesSection(record, place),
    gatesSection(record),
    columnsSection(record),
    html`<h2>What came</h2>${arrival(record, place)}`,
    html`<h2>Where it is now</h2>${way(record, place)}`,
  ];
  const footer = html`Figures of validation ${record.attempt}, by version ${record.contract_version} of the contract of ${record.dataset}. What happened since, such as an undo, is in the ledger: ${command(place, `run ${record.file_id}`)}`;
  return page(`${name} · ${record.dataset}`, crumbs, foreign(name), content, footer);
}

function verdict(record: FileRecord, place: Place): Html {
  const { outcome, error, dataset, rows_rejected, rows_accepted, anomalies, orphans } = record;
  if (outcome === 'rejected') {
    return html`<div class="verdict bad"><strong>Refused: no row of this file was taken</strong>${foreign(error ?? '', 2000)}</div>`;
  }
  const remarks: Content[] = [
    ...(rows_rejected
      ? [
          html`${plural(rows_rejected, 'row')} in quarantine: ${command(place, `quarantine ${dataset} --file ${record.file_id}`)}`,
        ]
      : []),
    ...record.gates
      .filter(({ passed }) => !passed)
      .map(
        (gate) =>
          html`the file breaks ${foreign(gate.name)}${gate.description === null ? '' : html`: ${foreign(gate.description)}, found ${measure(gate)}`}`,
      ),
    ...warned(record),
    ...anomalies.map((anomaly) => html`unusual: ${describeAnomaly(anomaly)}`),
    ...orphanRemarks(orphans).map((remark) => html`${remark}`),
  ];
  const taken = `${plural(rows_accepted ?? 0, 'accepted row')} ${rows_accepted === 1 ? 'is' : 'are'} in silver.${dataset}`;
  if (remarks.length === 0)
    return html`<div class="verdict good"><strong>Taken, nothing to remark</strong>${taken}</div>`;
  return html`<div class="verdict warn"><strong>Taken, with ${plural(remarks.length, 'remark')}</strong>${taken}<ul>${remarks.map((remark) => html`<li>${remark}</li>`)}</ul></div>`;
}

function warned({ rules }: FileRecord): Content[] {
  const broken = rules.filter(({ severity, rows_broken }) => severity === 'warning' && rows_broken > 0);
  if (broken.length === 0) return [];
  return [
    html`accepted rows break ${plural(broken.length, 'rule')} that only ${broken.length === 1 ? 'warns' : 'warn'}`,
  ];
}

function checksPassed({ rules }: FileRecord): string {
  const checked = rules.reduce((all, rule) => all + rule.rows_checked, 0);
  const broken = rules.reduce((all, rule) => all + rule.rows_broken, 0);
  return checked === 0 ? 'none made' : formatPercent((100 * (checked - broken)) / checked);
}

function checksNote({ rules }: FileRecord): string | undefined {
  if (rules.length === 0) return undefined;
  const broken = rules.filter(({ rows_broken }) => rows_broken > 0).length;
  return `${formatCount(broken)} of ${plural(rules.length, 'rule')} broken`;
}

const seconds = (value: number | null): string => (value === null ? 'unknown' : formatDuration(value * 1000));

const runNote = ({ run_seconds }: FileRecord): string | undefined =>
  run_seconds === null ? undefined : `${seconds(run_seconds)} since its run began`;

const unpacked = ({ size, source_bytes }: FileRecord): string | undefined =>
  source_bytes === null || source_bytes === size ? undefined : `${formatBytes(source_bytes)} unpacked`;

const ways = ({ outcome, dataset }: FileRecord) => ({
  accepted: outcome === 'done' ? `accepted, in silver.${dataset}` : 'without fault, not taken all the same',
  rejected: 'rejected, in quarantine with their reasons',
  duplicate: 'exact repeats within the file',
  superseded: 'older versions of a row that the file has newer',
});

const FORMATS: Record<string, string> = { csv: 'CSV', json: 'JSON array', jsonl: 'JSON lines', parquet: 'Parquet' };

function arrival(record: FileRecord, { stage }: Place): Html {
  const { bucket, key, version_id, etag, format, compression, size } = record;
  const console = stage === 'local' ? undefined : executionConsoleLink(record.run);
  const run = record.run.split(':').at(-1)!;
  const packed = compression === null || compression === 'none' ? '' : `, ${compression}`;
  return facts([
    ['File', html`<code>${foreign(`s3://${bucket}/${key}`, 2000)}</code>`],
    ['Version', html`<code>${foreign(version_id)}</code>`],
    ['ETag', html`<code>${foreign(etag)}</code>`],
    ['Size', `${formatBytes(size)} (${plural(size, 'byte')})`],
    ['Format', format === null ? undefined : `${FORMATS[format] ?? format}${packed}`],
    ['Last modified', html`${time(record.last_modified)} UTC`],
    ['Noticed', html`${time(record.received_at)} UTC`],
    ['Run began', record.started_at === null ? undefined : html`${time(record.started_at)} UTC`],
    [record.outcome === 'done' ? 'In gold' : 'Refused', html`${time(record.finished_at)} UTC`],
    [
      'Run',
      html`<code>${run}</code>${console === undefined ? '' : html` <a href="${console}">in the AWS console</a>`}`,
    ],
  ]);
}

/** From the file as it came to the marts: every place where it, or its rows, are. */
function way(record: FileRecord, { lakeBucket, marts }: FilePlace): Html {
  const { dataset, stage_id, outcome, bronze_key, batch_seq, snapshot_id, rows_rejected } = record;
  const at = (key: string) => html`<code>${foreign(`s3://${lakeBucket}/${key}`, 2000)}</code>`;
  const done = outcome === 'done';
  const steps: Content[] = [
    html`Source: <code>${foreign(`s3://${record.bucket}/${record.key}`, 2000)}</code>, version <code>${foreign(record.version_id)}</code>`,
    bronze_key === null ? undefined : html`Bronze, as it came: ${at(bronze_key)}`,
    done ? html`Staged rows: ${at(`${stagingFolder(dataset, stage_id)}/`)}` : undefined,
    rows_rejected ? html`Quarantine: ${at(`${quarantineFolder(dataset, stage_id)}/`)}` : undefined,
    batch_seq === null
      ? undefined
      : html`Silver: batch ${batch_seq} of <code>silver.${dataset}</code>${record.merged_at === null ? '' : html`, merged at ${time(record.merged_at)} UTC`}${snapshot_id === null ? '' : html`, snapshot <code>${snapshot_id}</code>`}`,
    done && marts.length > 0
      ? html`Gold, brought up to date with it: ${marts.map((mart, index) => html`${index === 0 ? '' : ', '}<code>${mart}</code>`)}`
      : undefined,
    html`This report's figures: ${at(recordKey(record))}`,
  ];
  return html`<ol class="way">${steps.filter((step) => step !== undefined).map((step) => html`<li>${step}</li>`)}</ol>`;
}
