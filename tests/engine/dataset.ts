import type { Column, Dataset } from '../../core/contract/dataset.ts';

export const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  name,
  aliases: [],
  type,
  required: false,
  pii: false,
  ...more,
});

/** A dataset of `id`, `amount` and `note`, identified by `id`, that takes any share of rejects. */
export const dataset = (more: Partial<Dataset> = {}): Dataset => ({
  name: 'things',
  version: '1.0.0',
  description: 'things',
  owner: 'things@example.com',
  columns: [
    column('id', { kind: 'string' }, { required: true }),
    column('amount', { kind: 'decimal', precision: 12, scale: 2 }),
    column('note', { kind: 'string' }),
  ],
  key: ['id'],
  versionColumns: [],
  history: 'latest',
  drift: 'rescue',
  file: {},
  references: [],
  rowRules: [],
  gates: [],
  maxRejectPercent: 100,
  alarmRejectPercent: 100,
  ...more,
});
