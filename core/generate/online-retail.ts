import { instead, missing } from './dirt.ts';
import type { Dirt, Generator } from './generator.ts';
import { money } from './products.ts';
import { instant } from './row.ts';

const GOODS = ['WHITE METAL LANTERN', 'HAND WARMER, UNION JACK', 'SET 7 BABUSHKA BOXES', 'RED "RETRO" MUG', ''];
const COUNTRIES = ['United Kingdom', 'United Kingdom', 'United Kingdom', 'Germany', 'France', 'EIRE'];

const dirt = {
  bad_invoice: instead('InvoiceNo', 'pattern', ['53636', 'C53637', 'lost'], 'invoice_no'),
  bad_quantity: instead('Quantity', 'type', ['3.5', 'many', '1e2'], 'quantity'),
  negative_price: instead('UnitPrice', 'minimum', ['-0.85', '-11062.06'], 'unit_price'),
  bad_customer: instead('CustomerID', 'type', ['17850.5', 'guest'], 'customer_id'),
  missing_country: missing('Country', 'country'),
} satisfies Record<string, Dirt>;

/** Invoice lines, as the shop's spreadsheet writes them; some are cancelled, and lines may repeat. */
export const onlineRetail: Generator = {
  kind: 'facts',
  rows: 1000,
  format: 'csv',
  columns: ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID', 'Country'],
  row({ random, at }) {
    const isCancelled = random.next() < 0.02;
    const invoice = random.whole(536_365, 581_587);
    const quantity = random.whole(1, 24);
    return {
      InvoiceNo: isCancelled ? `C${invoice}` : String(invoice),
      StockCode: String(random.whole(10_000, 99_999)),
      Description: random.pick(GOODS),
      Quantity: isCancelled ? -quantity : quantity,
      InvoiceDate: instant(at).slice(0, 19).replace('T', ' '),
      UnitPrice: money(random.whole(0, 1_995)),
      CustomerID: random.next() < 0.75 ? `${random.whole(12_346, 18_287)}.0` : '',
      Country: random.pick(COUNTRIES),
    };
  },
  dirt,
};
