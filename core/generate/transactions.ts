import { customerId } from './customers.ts';
import { badAmount, instead, missing, missingCurrency, twoCurrencies } from './dirt.ts';
import type { Dirt, Generator } from './generator.ts';
import { instant, secondsAfter } from './row.ts';
import { paid, spelled } from './untidy.ts';

const TYPES: Record<string, string[]> = {
  purchase: ['sale', 'Purchase', ' buy'],
  refund: ['Refund'],
  deposit: ['DEPOSIT'],
  withdrawal: ['atm', 'cash'],
  fee: ['fee '],
};
const STATUSES: Record<string, string[]> = {
  pending: ['Pending'],
  posted: ['booked', 'completed', 'SETTLED'],
  failed: ['declined'],
};
const OFTEN = ['purchase', 'purchase', 'purchase', 'deposit', 'withdrawal', 'refund', 'fee'];
const CURRENCIES = ['EUR', 'EUR', 'EUR', 'USD', 'GBP', 'CHF'];
/** Of the changes of a transaction: it was booked by mistake. */
const MISTAKES = 0.1;

const dirt = {
  missing_customer: missing('customer_id'),
  bad_account: instead('account', 'pattern', ['DE 12', '??', 'n/a']),
  bad_type: instead('type', 'enum', ['gift', 'loan', 'unknown']),
  bad_amount: badAmount('amount', 'type', ['12,50', 'free', '5 kr', 'EUR 1.999', '5 EUR USD']),
  negative_amount: badAmount('amount', 'minimum', ['-5.00', '-€5', '(5.00 EUR)']),
  two_currencies: twoCurrencies('amount'),
  missing_currency: missingCurrency('amount'),
  bad_status: instead('status', 'enum', ['lost', 'maybe']),
  bad_time: instead('transaction_ts', 'type', ['2025-02-30T10:00:00Z', 'yesterday', '10:15']),
} satisfies Record<string, Dirt>;

/** What moves on accounts; a change is another status, or now and then a tombstone. */
export const transactions: Generator = {
  kind: 'facts',
  rows: 500,
  format: 'csv',
  columns: [
    ...['transaction_id', 'customer_id', 'account', 'type', 'amount', 'currency', 'status', 'transaction_ts'],
    ...['updated_at', 'is_deleted'],
  ],
  id: (index, code) => `T-${code}-${String(index + 1).padStart(6, '0')}`,
  row({ random, at, parent }) {
    const customer = parent('customers');
    const type = random.pick(OFTEN);
    return {
      customer_id: customerId(customer),
      account: spelled(`DE${String(customer).padStart(6, '0')}A${random.whole(1, 2)}`, random, [` de${customer}a1`]),
      type: spelled(type, random, TYPES[type]!),
      ...paid('amount', random.whole(50, 200_000), random.pick(CURRENCIES), random),
      status: spelled('pending', random, STATUSES.pending!),
      transaction_ts: instant(at),
      updated_at: instant(secondsAfter(at, random.whole(3_600, 7_200))),
      is_deleted: '',
    };
  },
  changed(row, { random }) {
    const status = random.pick(['posted', 'posted', 'posted', 'failed']);
    return {
      ...row,
      status: spelled(status, random, STATUSES[status]!),
      is_deleted: random.next() < MISTAKES ? random.pick(['true', 'yes', '1']) : '',
    };
  },
  changes: 0.2,
  dirt,
};
