import { csvField } from './csv.ts';
import { FlatReader } from './json-flat.ts';
import { type JsonRecord, jsonRecordReader } from './json-record.ts';
import { isTooDeep, MAX_DEPTH } from './json-scan.ts';
import { type Reason, VALUE_CHARACTERS } from './reasons.ts';
import { type Damage, RecordSplitter } from './record-splitter.ts';
import type { SplitterOptions } from './splitter.ts';

/** Columns that a drifting file may bring. */
const MAX_UNKNOWN = 300;

/** What JSON lines and JSON arrays share: how the text of one record is read and staged. */
export abstract class JsonSplitter extends RecordSplitter {
  protected readonly flat: FlatReader;
  private readonly readRecord: (text: string) => JsonRecord | undefined;
  private readonly unknown = new Set<string>();

  constructor(options: SplitterOptions) {
    super(options);
    this.flat = new FlatReader(options.dataset);
    this.readRecord = jsonRecordReader(options.dataset);
  }

  /** Stages what `flat` has read, from `start` to `end`. */
  protected stageFlat(line: number, start: number, end: number): void {
    for (const { name } of this.flat.unknown) this.note(name);
    this.sound(start);
    this.flat.stage(this.staging, this.summary.records, line, this.buffer, end - start);
  }

  /** Stages the record from `start` to `end`, or sets it aside. */
  protected stageRecord(line: number, start: number, end: number): void {
    const record = this.byteDamage(start, end) ?? this.parse(start, end);
    if (Array.isArray(record)) {
      this.damaged(start, line, record);
      return;
    }
    for (const name of record.unknown) this.note(name);
    const faults = record.faults.length > 0 ? JSON.stringify(record.faults.map(forPeople)) : '';
    const fields = [...record.fields, record.rescued, faults].map((field) => csvField(field)).join(',');
    if (/[\n\r]/.test(fields)) this.summary.multiline = true;
    this.sound(start);
    this.staging.text(this.summary.records, line, fields);
  }

  private note(unknown: string): void {
    if (this.unknown.size >= MAX_UNKNOWN || this.unknown.has(unknown)) return;
    this.unknown.add(unknown);
    this.summary.unknown.push(unknown);
  }

  private parse(start: number, end: number): JsonRecord | Damage {
    if (isTooDeep(this.buffer, start, end)) {
      return ['invalid_json', `the record is nested more than ${MAX_DEPTH} levels deep`];
    }
    try {
      const record = this.readRecord(this.buffer.toString('utf8', start, end));
      return record ?? ['not_an_object', 'the record is not one JSON object'];
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return ['invalid_json', `the record is not valid JSON: ${clean(error.message).slice(0, 200)}`];
    }
  }
}

const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** What the engine reads back from the staged JSON: no unpaired surrogates, no NUL, values cut to a sane length. */
const forPeople = ({ column, rule, value, message }: Reason) => ({
  column_name: clean(column),
  rule,
  value: clean(value.slice(0, VALUE_CHARACTERS)),
  message: clean(message.slice(0, VALUE_CHARACTERS)),
});
