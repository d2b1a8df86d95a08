import type { ColumnType, FileFormat } from '../contract/dataset.ts';
import { visible } from '../visible.ts';
import type { Draft } from './draft.ts';
import { counted, percent } from './evidence.ts';
import type { Guess } from './guess.ts';
import { isQuotable } from './personal-values.ts';

const WIDTH = 120;
const REJECTS = 5;
/** From this share of damaged rows on it is for a person to look. */
const DAMAGED = 0.05;

/** A draft as the text of a contract, each guess under what it rests on. Personal data is in no comment. */
export function renderContract(draft: Draft): string {
  const { dataset, columns, key, partition } = draft;
  const lines = [
    ...comment(0, ...sampleNotes(draft)),
    'apiVersion: v3.2.0',
    'kind: DataContract',
    `id: urn:tributary:contract:${dataset}`,
    `name: ${dataset}`,
    'version: 0.1.0',
    'status: draft',
    'description:',
    `  purpose: ${scalar(`One row per ${key.columns.join(' and ') || 'line of the files'}.`)} # TODO say what a row is, and what for`,
    'schema:',
    `  - name: ${dataset}`,
    '    physicalType: table',
    ...comment(4, ...keyNotes(draft)),
    ...comment(4, ...key.todos.map((todo) => `TODO ${todo}`)),
    '    properties:',
    ...columns.flatMap((column) => columnLines(column, draft)),
    '    customProperties:',
    ...(key.columns.length === 0 ? [property(6, 'identity', 'content')] : []),
    ...(key.versions.length > 0 ? [property(6, 'versionColumns', key.versions)] : []),
    property(6, 'history', key.columns.length > 0 ? 'latest' : 'append'),
    ...comment(6, ...draft.leftOut.flatMap(leftOutLines)),
    property(6, 'drift', 'rescue'),
    ...tombstones(columns),
    property(6, 'maxRejectPercent', REJECTS),
    ...fileLines(draft.file),
    'team:',
    '  name: unknown # TODO who is told about rejected rows',
  ];
  return `${lines.join('\n')}\n`;

  function columnLines(guess: Guess, { key: { columns: keyColumns } }: Draft): string[] {
    const position = keyColumns.indexOf(guess.name) + 1;
    const isPartition = partition?.column === guess.name;
    const put = (field: string, value: unknown) => (value === undefined ? [] : [`        ${field}: ${flow(value)}`]);
    const options = { pattern: guess.pattern, format: guess.format };
    const extras = extrasOf(guess, isPartition ? partition.transform : undefined);
    return [
      ...comment(
        6,
        ...guess.notes,
        ...(isPartition ? [`partitioned by ${partition.transform}: ${partition.because}`] : []),
      ),
      ...guess.todos.flatMap((todo) => comment(6, `TODO ${todo}`)),
      `      - name: ${guess.name}`,
      ...put('logicalType', logicalType(guess.type)),
      ...put('physicalType', physicalType(guess.type)),
      ...put('required', guess.required || undefined),
      ...(position > 0 ? [...put('primaryKey', true), ...put('primaryKeyPosition', position)] : []),
      ...(isPartition ? [...put('partitioned', true), ...put('partitionKeyPosition', 1)] : []),
      ...put(
        'enum',
        guess.enum?.map((value) => ({ value })),
      ),
      ...put('logicalTypeOptions', Object.values(options).some(Boolean) ? options : undefined),
      ...(guess.personal
        ? [
            `        tags: [pii] # ${guess.personal.what}, ${guess.personal.because}`,
            ...put('classification', 'confidential'),
          ]
        : []),
      ...(guess.refersTo ? [...relationship(guess.refersTo)] : []),
      ...(extras.length > 0
        ? ['        customProperties:', ...extras.map(([name, value]) => property(10, name, value))]
        : []),
    ];
  }
}

function extrasOf(guess: Guess, transform?: string): [string, unknown][] {
  const all: [string, unknown][] = [
    ['aliases', guess.header.toLowerCase() === guess.name ? undefined : [guess.header]],
    ['partitionTransform', transform],
    ['standardise', guess.trim ? ['trim'] : undefined],
    ['nullValues', guess.nulls.length > 0 ? guess.nulls : undefined],
    ['valueAliases', guess.valueAliases],
    ['decimalSeparator', guess.decimalSeparator],
    ['thousandsSeparator', guess.thousandsSeparator],
    ['formats', guess.formats],
    ['warnOnly', guess.warnOnly],
  ];
  return all.filter(([, value]) => value !== undefined);
}

const relationship = ({ dataset, column }: NonNullable<Guess['refersTo']>): string[] => [
  '        relationships:',
  `          - { type: foreignKey, to: ${dataset}.odcs.yaml#/schema/${dataset}/properties/${column} }`,
];

function sampleNotes({ dataset, files, notes }: Draft): string[] {
  const samples = files.map(({ name, format, rows, damaged, isCut }) => {
    const broken = damaged > 0 ? `, ${damaged.toLocaleString('en-US')} of them damaged` : '';
    return `  ${visible(name)}: ${format}; ${isCut ? 'the first ' : ''}${counted(rows, 'row')}${broken}`;
  });
  const [damaged, rows] = [sumOf(files, 'damaged'), sumOf(files, 'rows')];
  return [
    `A draft of the contract of ${dataset}, guessed from a sample. Read it before it goes to schemas/:`,
    ...samples,
    ...(damaged > DAMAGED * rows
      ? [`TODO ${percent(damaged, rows)} of the rows are damaged, of which nothing is known: look at the files`]
      : []),
    ...notes,
  ];
}

const sumOf = (files: Draft['files'], what: 'rows' | 'damaged') => files.reduce((sum, file) => sum + file[what], 0);

function keyNotes({ key: { columns, versions, considered } }: Draft): string[] {
  const found =
    columns.length > 0
      ? `key: ${columns.join(' and ')}`
      : 'no key found: rows are known by their content and how often they occur in a file';
  const order = versions.length > 0 ? `; the newest ${versions[0]} of a key wins` : '';
  const shown = considered.slice(0, 8);
  const more = considered.length > shown.length ? [`and ${considered.length - shown.length} more`] : [];
  return [found + order, ...[...shown, ...more].map((sentence) => `  ${sentence}`)];
}

/** Whether a flag means that a row is gone can not be seen in a sample: it is offered, not taken. */
function tombstones(columns: Guess[]): string[] {
  const flag = columns.find(({ name, type }) => type.kind === 'boolean' && /(?:^|_)deleted$/.test(name));
  if (!flag) return [];
  return [
    ...comment(6, `if true in ${flag.name} means that the row is gone:`),
    `      # ${property(0, 'deletedColumn', flag.name)}`,
  ];
}

/** What is rescued is personal data, too, and the tag of a column does not reach it. */
function leftOutLines({ name, because, personal = [] }: Draft['leftOut'][number]): string[] {
  const told = isQuotable(name) ? name : 'a field';
  return [
    `${told} is no column: ${because}`,
    ...(personal.length > 0
      ? [`TODO personal data seems to be in ${told}, which meta_rescued would keep: ${personal.join(', ')}`]
      : []),
  ];
}

function fileLines({ delimiter, quote, header, encoding }: FileFormat): string[] {
  const stated = { delimiter, quote, header, encoding };
  return Object.values(stated).some((value) => value !== undefined) ? [property(6, 'file', stated)] : [];
}

const property = (indent: number, name: string, value: unknown): string =>
  `${' '.repeat(indent)}- { property: ${name}, value: ${flow(value)} }`;

export const logicalType = ({ kind }: ColumnType): string =>
  ({ int: 'integer', bigint: 'integer', decimal: 'number', double: 'number' })[kind as 'int'] ?? kind;

export const physicalType = (type: ColumnType): string =>
  type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.kind;

/** Lines of comment, none wider than the page. */
function comment(indent: number, ...sentences: string[]): string[] {
  const room = WIDTH - indent - 2;
  return sentences.flatMap((sentence) => {
    const [, margin = '', text = ''] = /^( *)(.*)$/s.exec(visible(sentence)) ?? [];
    const lines: string[] = [];
    let line = margin;
    for (const word of text.split(' ')) {
      if (line.trim() !== '' && line.length + word.length + 1 > room) {
        lines.push(line);
        line = `${margin}  `;
      }
      line += line.trim() === '' ? word : ` ${word}`;
    }
    return [...lines, line].map((each) => `${' '.repeat(indent)}# ${each}`);
  });
}

/** A value in YAML's flow style. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value).filter(([, each]) => each !== undefined);
    return `{ ${fields.map(([name, each]) => `${scalar(name)}: ${flow(each)}`).join(', ')} }`;
  }
  return typeof value === 'string' ? scalar(value) : String(value);
}

/** Words that YAML, in one version or another, takes for something else than a text. */
const OTHER = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A text as YAML, in quotes unless it is a plain word; what cannot be seen is spelled out. */
function scalar(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9_]*(?: [A-Za-z0-9_]+)*$/.test(text) && !OTHER.test(text)) return text;
  if (/^decimal\(\d+,\d+\)$/.test(text)) return text;
  return JSON.stringify(text).replace(/[\u007f-\u009f\u00ad\u2028\u2029\ufeff]|\p{Cf}/gu, (character) =>
    [...character].map((each) => hex(each.codePointAt(0)!)).join(''),
  );
}

const hex = (code: number): string =>
  code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
