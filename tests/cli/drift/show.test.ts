import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { showDrift } from '../../../cli/drift/show.ts';
import { createTerminal } from '../../../cli/terminal.ts';
import type { Drift } from '../../../core/discovery/drift/find.ts';

const size = { files: 3, found: 3, rows: 300 };
const drift = (findings: Drift['findings'], more: Partial<Drift> = {}): Drift => ({
  ...{ dataset: 'orders', contract_version: '1.0.0', days: 7, recent: size, before: size, findings },
  ...more,
});
const finding = (more: Partial<Drift['findings'][number]> = {}): Drift['findings'][number] => ({
  ...{ kind: 'unknown_field', ids: ['x'], column: 'coupon', sentence: 'the field coupon is in 2 of 3 files' },
  ...{ files: 2, since: '2026-03-01T10:00:00.000Z', suggestion: '- name: coupon\n  logicalType: string' },
  ...more,
});

function shown(all: Drift[], isTTY: boolean): { out: string; err: string } {
  const stdout = Object.assign(new PassThrough(), { isTTY, columns: 160 });
  const stderr = new PassThrough();
  showDrift(createTerminal({ stdout, stderr }, false), all);
  return { out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

describe('drift on a terminal', () => {
  it('is a table, and the changes of the contract behind it', () => {
    const { out, err } = shown([drift([finding()])], true);

    expect(out).toMatch(/coupon[\s\S]*the field coupon is in 2 of 3 files[\s\S]*2026-03-01 10:00:00/);
    expect(out).toMatch(/schemas\/orders\.odcs\.yaml could say[\s\S]*\n- name: coupon\n {2}logicalType: string\n$/);
    expect(err).toBe(
      'orders: 1 found in 3 files with 300 rows of the last 7 days; compared with 3 files with 300 rows before\n',
    );
  });

  it('is one line a finding where it goes to a program', () => {
    const { out } = shown([drift([finding()])], false);

    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t').length),
    ).toEqual([5, 5]);
  });

  it('says what was looked at when there is none, and when there was nothing to look at', () => {
    const { out, err } = shown(
      [drift([]), drift([], { dataset: 'events', recent: { files: 0, found: 0, rows: 0 } })],
      true,
    );

    expect(out).toBe('');
    expect(err).toMatch(/^orders: no drift in 3 files .*\nevents: no file in the last 7 days\n$/);
  });
});
