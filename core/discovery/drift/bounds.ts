import type { Column, Dataset } from '../../contract/dataset.ts';
import type { FileRecord } from '../../quality/record.ts';
import type { Finding } from './finding.ts';
import { oldest } from './window.ts';

/** How near a growing number may come to the end of its type or its bound before that is told. */
const NEAR = 0.9;

/** Numbers that grow towards the end of their type, or towards the bound that the contract sets them. */
export function nearBounds(dataset: Dataset, recent: FileRecord[], before: FileRecord[]): Finding[] {
  return dataset.columns.flatMap((column): Finding[] => {
    const limit = limitOf(column);
    if (limit === undefined || column.pii) return [];
    const now = greatest(recent, column.name);
    const then = greatest(before, column.name);
    if (!now || !then || now.value <= then.value || now.value < NEAR * limit.value) return [];
    const { value, file } = now;
    return [
      {
        kind: 'near_bound',
        ids: [`near_bound ${column.name} ${limit.called}`],
        column: column.name,
        files: recent.filter((each) => (greatest([each], column.name)?.value ?? 0) >= NEAR * limit.value).length,
        since: oldest([file]).last_modified,
        sentence: `the greatest ${column.name} has grown from ${then.text} to ${now.text}, ${Math.floor((100 * value) / limit.value)} % of ${limit.called}`,
        suggestion: limit.suggestion,
      },
    ];
  });
}

function limitOf({ name, type, maximum }: Column): { value: number; called: string; suggestion: string } | undefined {
  const wider = (physical: string) => `- name: ${name}\n  physicalType: ${physical}`;
  if (maximum !== undefined && ['int', 'bigint', 'decimal', 'double'].includes(type.kind)) {
    const value = Number(maximum);
    if (value <= 0) return undefined;
    const suggestion = `- name: ${name}\n  logicalTypeOptions: { maximum: ${10 * value} }`;
    return { value, called: `its maximum, ${maximum}`, suggestion };
  }
  if (type.kind === 'int') return { value: 2 ** 31 - 1, called: 'what an int holds', suggestion: wider('bigint') };
  if (type.kind !== 'decimal') return undefined;
  const { precision, scale } = type;
  const room = Math.min(38, precision + 4);
  const called = `what a decimal(${precision},${scale}) holds`;
  return { value: 10 ** (precision - scale), called, suggestion: wider(`decimal(${room},${scale})`) };
}

function greatest(files: FileRecord[], column: string): { value: number; text: string; file: FileRecord } | undefined {
  let best: { value: number; text: string; file: FileRecord } | undefined;
  for (const file of files) {
    const text = file.columns.find(({ name }) => name === column)?.max;
    if (text === null || text === undefined || Number.isNaN(Number(text))) continue;
    if (!best || Number(text) > best.value) best = { value: Number(text), text, file };
  }
  return best;
}
