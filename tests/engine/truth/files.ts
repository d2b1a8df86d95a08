import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { parseContract } from '../../../core/contract/parse.ts';
import { csvWriter } from './csv-writer.ts';
import { type Generated, generate } from './generate.ts';
import { jsonArrayWriter, jsonLinesWriter } from './json-writer.ts';
import type { Plan } from './plan.ts';
import { bookings } from './plans/bookings.ts';
import { customers } from './plans/customers.ts';
import { events } from './plans/events.ts';
import { orders } from './plans/orders.ts';
import { payments } from './plans/payments.ts';
import type { Random } from './random.ts';
import type { MakeWriter } from './writer.ts';

const anyCase = (name: string, random: Random): string => random.pick([name, name.toUpperCase(), name.toLowerCase()]);

interface Kind {
  plan: Plan;
  writer: MakeWriter;
  compress(bytes: Uint8Array): Uint8Array;
}

const plain = (bytes: Uint8Array): Uint8Array => bytes;

/** The kinds of files: dialect, encoding and compression. */
const kinds = {
  orders: {
    plan: orders,
    writer: csvWriter({ delimiter: ',', quote: '"', ends: ['\n', '\n', '\r\n'], encoding: 'utf-8', bom: true }),
    compress: plain,
  },
  // As old Macintoshes wrote it, so that lines end in CR alone.
  orders_cr: {
    plan: orders,
    writer: csvWriter({ delimiter: '\t', quote: '"', ends: ['\r'], encoding: 'utf-16be', bom: true }),
    compress: plain,
  },
  payments: {
    plan: payments,
    writer: csvWriter({
      delimiter: ';',
      quote: "'",
      ends: ['\r\n'],
      encoding: 'windows-1252',
      bom: false,
      spellHeader: anyCase,
    }),
    compress: plain,
  },
  events: { plan: events, writer: jsonLinesWriter, compress: (bytes) => gzipSync(bytes) },
  customers: {
    plan: customers,
    writer: csvWriter({ delimiter: '\t', quote: '"', ends: ['\n'], encoding: 'utf-16le', bom: true }),
    compress: (bytes) => zstdCompressSync(bytes),
  },
  bookings: { plan: bookings, writer: jsonArrayWriter, compress: plain },
} satisfies Record<string, Kind>;

export type Name = keyof typeof kinds;
export const names = Object.keys(kinds) as Name[];

export function contractOf(name: Name): Dataset {
  const file = join(import.meta.dirname, 'contracts', `${kinds[name].plan.contract}.odcs.yaml`);
  return parseContract(readFileSync(file, 'utf8'), file);
}

/** A file of a contract, as it would be dropped, with the truth about it. */
export function fileOf(name: Name, seed: number, records: number): Generated {
  const { plan, writer, compress }: Kind = kinds[name];
  const { bytes, truth } = generate(plan, writer, seed, records);
  return { bytes: compress(bytes), truth };
}
