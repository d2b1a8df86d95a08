import type { LeftOut } from '../core/discovery/draft.ts';
import { addLeaves, type Leaves, personalLeaves } from '../core/discovery/nested.ts';
import { FileRejectedError } from '../core/errors.ts';
import { findRecords, type Probed, plainDataset } from './infer-probe.ts';

/** Tells the keys of JSON records, and which of them hold more than one value; cuts the file behind `rows` records. */
export function probeJson(text: Buffer, format: 'json' | 'jsonl', isCut: boolean, rows: number): Probed {
  const dataset = plainDataset(['\u0001'], {});
  const { begins } = findRecords(text, format, dataset, { isCut, most: rows });
  const count = Math.min(rows, begins.length - 1);
  if (count < 1) throw new FileRejectedError('no record ends within its first 64 MB.');
  const keys = new Map<string, Key>();
  for (let record = 0; record < count; record++) {
    for (const [name, value] of Object.entries(objectOf(text.toString('utf8', begins[record], begins[record + 1])))) {
      const known = keys.get(name.toLowerCase()) ?? { name, isNested: false, isNumber: true, leaves: new Map() };
      if (value !== null && typeof value === 'object') {
        known.isNested = true;
        addLeaves(known.leaves, value, name);
      }
      if (value !== null && typeof value !== 'number') known.isNumber = false;
      keys.set(name.toLowerCase(), known);
    }
  }
  const isWhole = begins[count] === undefined || (begins.length - 1 <= rows && !isCut);
  const whole = isWhole ? text : text.subarray(0, begins[count]);
  const all = [...keys.values()];
  const plain = all.filter((key) => reasonAgainst(key) === undefined);
  const headers = plain.map(({ name }) => name);
  if (headers.length === 0) throw new FileRejectedError('none of its records has a key with a plain value.');
  return {
    text: isWhole || format === 'jsonl' ? whole : closed(whole),
    file: {},
    headers,
    types: plain.map(({ isNumber }) => (isNumber ? 'NUMBER' : undefined)),
    leftOut: all.flatMap(leftOutOf),
    isCut: !isWhole,
  };
}

interface Key {
  name: string;
  isNested: boolean;
  /** No value of it is anything but a number. */
  isNumber: boolean;
  leaves: Leaves;
}

function leftOutOf(key: Key): LeftOut[] {
  const because = reasonAgainst(key);
  return because === undefined ? [] : [{ name: key.name, because, personal: personalLeaves(key.leaves) }];
}

/** Why a key can not be a column. */
function reasonAgainst({ name, isNested }: Key): string | undefined {
  if (isNested) return 'it holds objects or lists, which stay as JSON in meta_rescued';
  const isText = name.isWellFormed() && !name.includes('\0') && name !== '' && name === name.trim();
  return isText ? undefined : 'no alias can be written like its key; its values stay in meta_rescued';
}

/** The keys and values of a record; none of a damaged one. */
function objectOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

/** An array that was cut before a record, with its end. */
function closed(text: Buffer): Buffer {
  const kept = text.toString('latin1').replace(/[\s,]+$/, '');
  return Buffer.from(`${kept}\n]\n`, 'latin1');
}
