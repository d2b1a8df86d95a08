import { describe, expect, it } from '@jest/globals';
import { createTerminal } from '../../../cli/terminal.ts';
import type { Checked } from '../../../cli/validate/check.ts';
import { report } from '../../../cli/validate/report.ts';
import { FileRejectedError } from '../../../core/errors.ts';
import { gatesBroken, tooManyRejects, type ValidationResult } from '../../../core/validation/result.ts';
import { column, dataset } from '../../engine/validation.ts';

const gate = {
  name: 'enough_rows',
  metric: 'row_count' as const,
  columns: [],
  unit: 'rows' as const,
  must: { beGreaterOrEqualTo: 2_000 },
  severity: 'error' as const,
};
const things = dataset({ columns: [column('id', { kind: 'string' })], gates: [gate], maxRejectPercent: 5 });

const result = (over: Partial<ValidationResult['profile']> = {}): ValidationResult => ({
  counts: { in: 1_200, accepted: 1_100, rejected: 60, duplicate: 30, superseded: 10 },
  rejectedPercent: 5,
  reasons: { 'id.type': 60 },
  partitions: ['2026-03-01', '2026-03-02', '2026-03-03'],
  bytes: 1_000,
  sourceBytes: 71_500,
  profile: {
    dataset: 'things',
    contract_version: '1.0.0',
    file_id: 'local',
    stage_id: 'local',
    format: 'csv',
    compression: 'none',
    counts: { in: 1_200, accepted: 1_100, rejected: 60, duplicate: 30, superseded: 10 },
    rejected_percent: 5,
    reasons: { 'id.type': 60 },
    warnings: {},
    gates: [],
    unknown_columns: [],
    columns: {},
    partitions: [],
    source_bytes: 71_500,
    milliseconds: {},
    ...over,
  },
  acceptedPaths: ['/somewhere/accepted.parquet'],
  rejectedPath: '/somewhere/rejected.parquet',
  profilePath: '/somewhere/profile.json',
});

const checked = (over: Partial<Checked> = {}): Checked => ({
  file: 'things.csv',
  dataset: things,
  result: result(),
  reasons: [{ column: 'id', rule: 'type', rows: 60, message: 'id must be short, found "xx"', record: 7, line: 9 }],
  rejectedRows: [
    {
      record: 7,
      line: 9,
      raw: `xx\u001b[31m,${'y'.repeat(400)}`,
      reasons: [
        { column: 'id', rule: 'type', value: 'xx', message: 'id must be short, found "xx"' },
        { column: 'id', rule: 'pattern', value: 'xx', message: 'id must match, found "xx"' },
      ],
    },
  ],
  written: ['out/accepted.parquet'],
  milliseconds: 4_200,
  ...over,
});

function shown(of: Checked, { json = false, isTTY = false } = {}) {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ isTTY, columns: 120, write: (text: string) => (written[name] += text) });
  report(createTerminal({ stdout: stream('out'), stderr: stream('err') } as never, json), of);
  return { ...written, out: written.out.replace(/\p{Cc}\[\d+m/gu, '') };
}

describe('the report of a check', () => {
  it('accounts for every row and tells what the pipeline would do', () => {
    const { out, err } = shown(checked());

    expect(out).toContain('outcome\twould be taken\n');
    expect(out).toContain('rows\t1,200 = 1,100 accepted + 60 rejected + 30 duplicate + 10 superseded\n');
    expect(out).toContain('rejected\t5 %, allowed are 5 %\n');
    expect(out).toContain('partitions\t3, from 2026-03-01 to 2026-03-03\n');
    expect(out).toContain('60\tid\ttype\tid must be short, found "xx"\t9\n');
    expect(err).toBe('wrote out/accepted.parquet\n');
  });

  it('shows the first bad rows with all their reasons, cut and without what would upset a terminal', () => {
    const { out } = shown(checked(), { isTTY: true });

    expect(out).toContain('Rejected rows (first 1 of 60)');
    expect(out).toContain('id must be short, found "xx"');
    expect(out).toContain('id must match, found "xx"');
    expect(out).toContain('xx\\x1b[31m,yyy');
    expect(out).toContain('characters)');
    expect(out).not.toContain('\u001b');
  });

  it('writes one line a row in a pipe, whatever the row holds', () => {
    const rows = [{ record: 1, line: null, raw: '{"a":\n1}', reasons: checked().rejectedRows[0]!.reasons }];

    const { out } = shown(checked({ rejectedRows: rows }));

    expect(out).toContain('1\t\tid must be short, found "xx"; id must match, found "xx"\t{"a":\\n1}\n');
  });

  it('says why a file would be refused for its rows', () => {
    const refused = { ...result(), rejectedPercent: 12.345 };

    const { out } = shown(checked({ result: refused, refusal: tooManyRejects(refused, 5) }));

    expect(out).toContain('outcome\twould be refused\nbecause\tmore rows are rejected than the contract allows\n');
    expect(out).toContain('rejected\t12.35 %, allowed are 5 %\n');
  });

  it('shows each quality rule with what was found', () => {
    const gates = [
      { name: 'enough_rows', severity: 'error' as const, measured: 1_100, unit: 'rows' as const, passed: false },
    ];
    const refused = result({ gates });

    const { out } = shown(checked({ result: refused, refusal: gatesBroken(refused, [gate]) }));

    expect(out).toContain('because\tthe file breaks enough_rows');
    expect(out).toContain('enough_rows\trow count must be at least 2000\t1,100\tbroken\n');
  });

  it('names columns that the contract does not know, and rules that only warn', () => {
    const { out } = shown(checked({ result: result({ unknown_columns: ['colour'], warnings: { 'id.pattern': 3 } }) }));

    expect(out).toContain('unknown columns\tcolour (kept in meta_rescued)\n');
    expect(out).toContain('3\tid.pattern\n');
  });

  it('tells the place in a file that can not be read, without its name twice', () => {
    const refusal = new FileRejectedError('things.csv: the gzip file breaks off in line 4.');

    const { out } = shown(checked({ result: undefined, refusal, reasons: [], rejectedRows: [], written: [] }));

    expect(out).toContain('because\tthe gzip file breaks off in line 4.\n');
    expect(out).not.toContain('rows\t');
  });

  it('is one JSON document with everything uncut', () => {
    const { out, err } = shown(checked(), { json: true });

    const document = JSON.parse(out);
    expect(document).toMatchObject({
      file: 'things.csv',
      dataset: 'things',
      outcome: 'taken',
      error: null,
      counts: { in: 1_200, accepted: 1_100, rejected: 60, duplicate: 30, superseded: 10 },
      max_reject_percent: 5,
      written: ['out/accepted.parquet'],
    });
    expect(document.rejected_rows[0].raw).toHaveLength(408);
    expect(err).toBe('');
  });
});
