import { customerId, planOf } from './customers.ts';
import { instead, missing } from './dirt.ts';
import type { Dirt, Generator } from './generator.ts';
import { instant, secondsAfter } from './row.ts';

const TYPES = ['page_view', 'page_view', 'page_view', 'search', 'add_to_cart', 'trial_start', 'purchase'];
const CAMPAIGNS = ['spring', 'newsletter', 'partner'];

const dirt = {
  missing_type: missing('event_type'),
  bad_type: instead('event_type', 'pattern', ['Page View', '1st_visit', '-']),
  bad_plan: instead('plan', 'enum', ['gold', 'PRO', 'trial']),
  bad_time: instead('event_ts', 'type', ['soon', '2025-02-30T10:00:00Z', '13:05']),
  bad_customer: instead('customer_id', 'pattern', ['anonymous', 'C-1', '0']),
} satisfies Record<string, Dirt>;

/** What people do; some before they sign up. `utm_campaign` is a property that the contract does not know. */
export const events: Generator = {
  kind: 'facts',
  rows: 1000,
  format: 'jsonl',
  columns: ['event_id', 'customer_id', 'plan', 'event_type', 'event_ts', 'sent_at', 'utm_campaign'],
  id: (index, code) => `E-${code}-${String(index + 1).padStart(6, '0')}`,
  row({ seed, random, at, parent }) {
    const customer = parent('customers');
    const isKnown = random.next() < 0.9;
    return {
      customer_id: isKnown ? customerId(customer) : '',
      plan: isKnown ? planOf(seed, customer) : '',
      event_type: random.pick(TYPES),
      event_ts: instant(at),
      sent_at: instant(secondsAfter(at, random.whole(3_600, 7_200))),
      utm_campaign: random.next() < 0.3 ? random.pick(CAMPAIGNS) : '',
    };
  },
  changed: (row, { random }) => ({ ...row, event_type: random.pick(TYPES) }),
  changes: 0.02,
  dirt,
};
