import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { FileRejectedError } from '../../../core/errors.ts';
import { strictRecords } from '../strict-csv.ts';
import { column, DATA, dataset, failure, hasData, validate } from '../validation.ts';
import { CASES, type Case } from './frictionless-outcomes.ts';

const folder = join(DATA, 'frictionless');
const describeWithData = hasData ? describe : describe.skip;
const files = hasData
  ? readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.csv'))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).normalize('NFC'))
      .sort()
  : [];

/** The file's text, a byte a character unless the contract states an encoding: read by nothing of ours. */
function textOf(bytes: Uint8Array, { format }: Case): string {
  const plain = bytes[0] === 0x1f ? gunzipSync(bytes) : Buffer.from(bytes);
  if (format?.encoding !== undefined) return new TextDecoder('windows-1252').decode(plain);
  return plain.toString('latin1').replace(/^\xef\xbb\xbf/, '');
}

/** Header and records by our second reading; the header's delimiter is the one that gives most cells. */
function readAgain(bytes: Uint8Array, of: Case): { header: string[]; records: (string[] | undefined)[] } {
  const text = textOf(bytes, of);
  const readings = [of.format?.delimiter ?? [',', ';', '\t', '|']].flat().map((delimiter) => {
    const quote = of.format?.quote ?? '"';
    return strictRecords(text, { delimiter, quote, lineEnd: 'lf' }).map(({ fields }) => fields?.map(utf8));
  });
  readings.sort((a, b) => (b[0]?.length ?? 0) - (a[0]?.length ?? 0));
  const [header = [], ...rest] = readings[0]!;
  return of.format?.header === false ? { header, records: readings[0]! } : { header, records: rest };

  function utf8(field: string): string {
    const raw = Buffer.from(field, 'latin1');
    return of.format?.encoding === undefined && isUtf8(raw) ? raw.toString() : field;
  }
}

const ownHeader = (header: string[]): Dataset['columns'] =>
  header.flatMap((cell, index) =>
    cell.trim() === '' ? [] : [column(`c${index}`, { kind: 'string' }, { aliases: [cell.trim()] })],
  );

const title = (of: Case): string =>
  [of.file, of.about, of.columns ? 'with a contract' : '', of.format ? JSON.stringify(of.format) : '']
    .filter(Boolean)
    .join(', ');

describeWithData(`frictionless (${hasData ? 'found' : `skipped: no data at ${folder}; set TRIBUTARY_DATA`})`, () => {
  it('has a stated outcome for each of its CSV files', () => {
    expect(files.length).toBe(118);
    expect([...new Set(CASES.map(({ file }) => file.normalize('NFC')))].sort()).toEqual(files);
  });

  const cases = CASES.map((of): [string, Case] => [title(of), of]);

  it.each(cases.filter(([, { refused }]) => refused))('%s: refused', async (_, of) => {
    const bytes = readFileSync(join(folder, of.file));
    const columns = of.columns ?? ownHeader(readAgain(bytes, of).header);

    const error = await failure(validate(bytes, contentOf(of, columns)));

    expect(error).toBeInstanceOf(FileRejectedError);
    expect(error.message).toMatch(of.refused!);
  });

  it.each(cases.filter(([, { refused }]) => !refused))('%s: each row as stated', async (_, of) => {
    const bytes = readFileSync(join(folder, of.file));
    const { header, records } = readAgain(bytes, of);
    const columns = of.columns ?? ownHeader(header);
    const { accepted = 0, duplicate = 0, superseded = 0, rejected = {} } = of;
    const rejectedRows = of.rejectedRows ?? Object.values(rejected).reduce((sum, n) => sum + n, 0);

    const outcome = await validate(bytes, contentOf(of, columns));

    expect(outcome.counts).toEqual({ in: records.length, accepted, rejected: rejectedRows, duplicate, superseded });
    expect(outcome.reasons).toEqual(rejected);
    expect(outcome.rejects.every(({ raw }) => raw.length > 0)).toBe(true);
    if (of.columns === undefined) {
      const expected = records.filter((cells) => cells?.length === header.length) as string[][];
      const places = columns.map(({ name }) => Number(name.slice(1)));
      expect(outcome.rows.map((row) => columns.map(({ name }) => row[name] ?? ''))).toEqual(
        expected.map((cells) => places.map((place) => cells[place])),
      );
    }
  });
});

function contentOf({ format = {}, more = {} }: Case, columns: Dataset['columns']): Dataset {
  return dataset({ columns, file: format, key: [], history: 'append', ...more });
}
