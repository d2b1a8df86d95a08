import { bookings } from './bookings.ts';
import { customers } from './customers.ts';
import { events } from './events.ts';
import type { Generator } from './generator.ts';
import { hosts } from './hosts.ts';
import { onlineRetail } from './online-retail.ts';
import { orders } from './orders.ts';
import { products } from './products.ts';
import { properties } from './properties.ts';
import { transactions } from './transactions.ts';

/** The datasets that rows can be made up for. */
export const generators: Readonly<Record<string, Generator>> = {
  bookings,
  customers,
  events,
  hosts,
  online_retail: onlineRetail,
  orders,
  products,
  properties,
  transactions,
};
