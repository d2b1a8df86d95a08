import { formatDuration, plural } from '../format.ts';
import type { Column, Style } from '../terminal.ts';
import type { LeaseFacts } from './leases.ts';

const STYLES: Record<string, Style> = { held: 'cyan', free: 'dim', expired: 'red' };

export const LEASE_COLUMNS: Column[] = [
  { title: 'table' },
  { title: 'lease', style: (state) => STYLES[String(state)] },
  { title: 'held by' },
  { title: 'file' },
  { title: 'expires' },
  { title: 'token', align: 'right' },
  { title: 'batch' },
  { title: 'waiting', align: 'right' },
  { title: 'next turn' },
];

const nameOf = (arn: string | undefined): string => arn?.split(':').at(-1) ?? '';

export function leaseRows(lease: LeaseFacts, now: Date): unknown[] {
  const { holder, batch } = lease;
  const ended = holder !== undefined && holder.status !== 'RUNNING' ? ` (${holder.status.toLowerCase()})` : '';
  return [
    lease.kind === 'mart' ? `${lease.name} (gold)` : lease.name,
    lease.state,
    `${nameOf(holder?.run)}${ended}`,
    holder?.key?.split('/').slice(2).join('/') ?? '',
    expiry(lease.expires_at, now),
    lease.token ?? '',
    batch === undefined
      ? (lease.query_id ?? '')
      : [
          `${batch.batch_seq}: ${plural(batch.files, 'file')}, ${batch.status}`,
          ...(batch.attempt > 1 ? [`attempt ${batch.attempt}`] : []),
          ...(batch.query_id === undefined ? [] : [batch.query_id]),
          ...(lease.split > 0 ? [`${lease.split} more of a split batch`] : []),
        ].join(', '),
    lease.kind === 'mart' ? '' : lease.waiting,
    nameOf(lease.turn?.run),
  ];
}

function expiry(at: string | undefined, now: Date): string {
  if (at === undefined) return '';
  const left = Date.parse(at) - now.getTime();
  return left > 0 ? `in ${formatDuration(left)}` : `${formatDuration(-left)} ago`;
}

export const leaseJson = (lease: LeaseFacts): Record<string, unknown> => ({
  table: lease.name,
  kind: lease.kind,
  lease: lease.state,
  run: lease.holder?.run ?? null,
  run_status: lease.holder?.status ?? null,
  key: lease.holder?.key ?? null,
  expires_at: lease.expires_at ?? null,
  token: lease.token ?? null,
  batch: lease.batch ?? null,
  split: lease.split,
  waiting: lease.waiting,
  turn: lease.turn ?? null,
  query_id: lease.query_id ?? lease.batch?.query_id ?? null,
});
