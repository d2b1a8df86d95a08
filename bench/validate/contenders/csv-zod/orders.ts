import { z } from 'zod';

const text = z.string().min(1, { error: 'required', abort: true });

/** `bench/validate/orders.odcs.yaml` as zod reads it. */
const Order = z.object({
  order_id: text,
  customer_id: text,
  product_id: text,
  quantity: text
    .regex(/^[+-]?[0-9]{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(1)),
  unit_price: text
    .regex(/^[+-]?[0-9]{1,8}([.][0-9]{1,2})?$/)
    .transform(Number)
    .pipe(z.number().min(0)),
  status: text.pipe(z.enum(['pending', 'paid', 'shipped', 'delivered', 'cancelled'])),
  // Checks the calendar, too.
  order_ts: text.pipe(z.iso.datetime({ precision: 0 })).transform((value) => BigInt(Date.parse(value)) * 1000n),
});
export type Order = z.infer<typeof Order>;

export interface Reason {
  column_name: string;
  rule: string;
  value: string;
  message: string;
}

/** The typed order, or every reason why it is none. */
export function checkOrder(record: Record<string, string>): Order | Reason[] {
  const parsed = Order.safeParse(record);
  if (parsed.success) return parsed.data;
  return parsed.error.issues.map((issue) => {
    const column = String(issue.path[0]);
    return { column_name: column, rule: ruleOf(issue), value: record[column] ?? '', message: issue.message };
  });
}

function ruleOf({ code, message }: z.core.$ZodIssue): string {
  if (message === 'required') return 'required';
  if (code === 'too_small') return 'minimum';
  return code === 'invalid_value' ? 'enum' : 'type';
}

export function countReasons(counts: Record<string, number>, reasons: Reason[]): void {
  for (const { column_name, rule } of reasons) {
    const name = `${column_name}.${rule}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
}
