import type { Column, Dataset } from '../../../core/contract/dataset.ts';
import { parseContract } from '../../../core/contract/parse.ts';
import { ContractError } from '../../../core/errors.ts';

const FILE = 'things.odcs.yaml';

/** Parts of a contract, each written as YAML in one line. */
export interface Parts {
  /** The fields of the column `x` behind its name; by default it is a string. */
  column?: string;
  /** A further column. */
  other?: string;
  /** One more customProperty of the table. */
  table?: string;
  /** One quality check of the table; with or without its braces. */
  quality?: string;
}

const text = ({ column = 'logicalType: string, physicalType: string', ...parts }: Parts): string => `apiVersion: v3.2.0
kind: DataContract
id: things
name: things
version: 1.0.0
status: active
description: { purpose: Things }
schema:
  - name: things
    properties:
      - { name: id, logicalType: string, physicalType: string, required: true, primaryKey: true }
      - { name: x, ${column} }
${parts.other ? `      - { ${parts.other} }\n` : ''}${parts.quality ? `    quality:\n      - ${/^§?[{]/.test(parts.quality) ? parts.quality : `{ ${parts.quality} }`}\n` : ''}\
    customProperties:
      - { property: history, value: latest }
      - { property: drift, value: reject }
      - { property: maxRejectPercent, value: 5 }
${parts.table ? `      - { ${parts.table} }\n` : ''}\
team: { name: things }
`;

export const parse = (parts: Parts): Dataset => parseContract(text(parts), FILE);

/** The column `x` of the contract with these fields, without the fields that every column has. */
export function parseColumn(column: string, more: Omit<Parts, 'column'> = {}): Partial<Column> {
  const { name, aliases, type, required, pii, ...rest } = parse({ ...more, column }).columns[1]!;
  return rest;
}

/**
 * The problems of a contract in which `§` marks the place where they are expected; those elsewhere come back with their
 * line and column.
 */
export function problemsAt(parts: Parts): string[] {
  const marked = text(parts);
  const before = marked.slice(0, marked.indexOf('§')).split('\n');
  if (!marked.includes('§')) throw new Error('the test marks no place');
  const place = `${FILE}:${before.length}:${before.at(-1)!.length + 1}: `;
  try {
    parseContract(marked.replace('§', ''), FILE);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return error.message.split('\n').map((line) => (line.startsWith(place) ? line.slice(place.length) : line));
  }
  return [];
}
