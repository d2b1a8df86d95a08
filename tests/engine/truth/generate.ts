import type { Value } from './cells.ts';
import type { Break, Plan, Row } from './plan.ts';
import { randomOf } from './random.ts';
import { rowMaker } from './rows.ts';
import type { MakeWriter, Written } from './writer.ts';

/** What must become of a file. */
export interface Truth {
  counts: { in: number; accepted: number; rejected: number; duplicate: number; superseded: number };
  /** How often each reason is given. */
  reasons: Record<string, number>;
  /** How many accepted rows break each of the rules that only warn. */
  warnings: Record<string, number>;
  accepted: AcceptedRow[];
  rejected: RejectedRow[];
}

export interface AcceptedRow {
  record: number;
  /** In the order of the contract. */
  values: Value[];
  rescued: string | null;
  /** Rules broken that only warn, sorted. */
  warnings: string[];
  /** For rows without a key: 1 for the first of its content, then 2 … */
  occurrence: number;
}

export interface RejectedRow {
  record: number;
  line: number | null;
  raw: string;
  /** Sorted, each `column.rule=value`; of damaged records the rule alone. */
  reasons: string[];
}

export interface Generated {
  bytes: Uint8Array;
  truth: Truth;
}

/** Makes a file of so many records, and the truth about it, from a seed. */
export function generate(plan: Plan, makeWriter: MakeWriter, seed: number, records: number): Generated {
  const random = randomOf(seed);
  const next = rowMaker(plan, random, records);
  const writer = makeWriter(plan, random);
  const rows: [Row, Written][] = [];
  for (let record = 1; record <= records; record++) {
    // What is damaged is lost to everything else, as if it had never been there.
    const row = next();
    const isDamaged = row.breaks.length === 0 && !row.isCopy && random.chance(0.03);
    rows.push([row, isDamaged && writer.damaged ? writer.damaged(row) : writer.row(row)]);
  }
  const bytes = writer.finish();
  return { bytes, truth: judge(plan, rows) };
}

function judge(plan: Plan, rows: [Row, Written][]): Truth {
  const truth: Truth = {
    counts: { in: rows.length, accepted: 0, rejected: 0, duplicate: 0, superseded: 0 },
    reasons: {},
    warnings: {},
    accepted: [],
    rejected: [],
  };
  const newest = new Map<number, number>();
  for (const [row, written] of rows) {
    if (isSound(row, written)) newest.set(row.n, Math.max(row.rank, newest.get(row.n) ?? -1));
  }
  const copies = new Map<string, number>();
  for (const [index, [row, written]] of rows.entries()) {
    const record = index + 1;
    if (!isSound(row, written)) {
      const breaks: Break[] = written.rule === undefined ? row.breaks : [{ rule: written.rule }];
      for (const { rule } of breaks) count(truth.reasons, rule);
      const reasons = breaks.map(({ rule, value }) => (value === undefined ? rule : `${rule}=${value}`));
      truth.rejected.push({ record, line: written.line, raw: written.raw, reasons: reasons.sort() });
      truth.counts.rejected++;
      continue;
    }
    const same = plan.keyed ? `${row.n}/${row.rank}` : contentOf(row);
    const occurrence = (copies.get(same) ?? 0) + 1;
    copies.set(same, occurrence);
    if (plan.keyed && occurrence > 1) truth.counts.duplicate++;
    else if (plan.keyed && newest.get(row.n) !== row.rank) truth.counts.superseded++;
    else {
      truth.counts.accepted++;
      const values = row.cells.map(({ value }) => value);
      const warnings = [...row.warns].sort();
      for (const rule of warnings) count(truth.warnings, rule);
      truth.accepted.push({ record, values, rescued: rescued(row), warnings, occurrence });
    }
  }
  return truth;
}

/** Two rows without a key are the same if this is. */
function contentOf(row: Row): string {
  return JSON.stringify([...row.cells.map(({ value }) => value), rescued(row)]);
}

const isSound = (row: Row, written: Written): boolean => written.rule === undefined && row.breaks.length === 0;

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** Names in order, without those that are missing. */
function rescued({ extras }: Row): string | null {
  const kept = extras.filter(([, json]) => json !== 'null' && json !== '""').sort(([a], [b]) => (a < b ? -1 : 1));
  return kept.length === 0 ? null : `{${kept.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
}
