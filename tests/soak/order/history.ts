import fc from 'fast-check';

/** Files of orders that a shop might have dropped: of the same orders, in part, in no order that could be relied on. */
export interface History {
  name: string;
  /** Contents of the files, CSV with a header. */
  files: string[];
  /** For each file: how many groups of files were stored before it. Files of one group are stored at the same time. */
  groups: number[];
}

export const columns = [
  'order_id',
  'customer_id',
  'product_id',
  'quantity',
  'unit_price',
  'status',
  'order_ts',
  'updated_at',
] as const;

/** Groups in which objects are stored: LastModified has whole seconds, so that those of one group often tie. */
export const groupCount = 3;

/** Days that the orders of one history move between. */
export const daysEach = 4;

const day = 86_400_000;
export const two = (n: number) => String(n).padStart(2, '0');

/** What makes the orders, customers and days of some histories their own, beside everything else in the same tables. */
export interface Own {
  /** The histories' numbers, up to 99: two digits behind the first eight characters of their orders and customers. */
  first: number;
  last: number;
  orders: string;
  customers: string;
}

export const own = (seed: number, first: number, last: number): Own => ({
  first,
  last,
  orders: `O-H${(seed % 36 ** 5).toString(36).toUpperCase().padStart(5, '0')}`,
  customers: `C-9${String(seed % 100_000).padStart(5, '0')}`,
});

/** The first day of a history, in milliseconds since 1970. Behind 2029, where nothing else has orders. */
export const firstDay = (seed: number, index: number): number =>
  Date.UTC(2030, 0, 1) + ((seed % 180) * 100 + index) * daysEach * day;

const instant = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');

/** Of an order a few versions, several of them with one `updated_at`, so that later criteria decide, too. */
const version = fc.record({
  order: fc.integer({ min: 0, max: 29 }),
  customer: fc.integer({ min: 0, max: 9 }),
  product: fc.integer({ min: 1, max: 12 }),
  quantity: fc.integer({ min: 1, max: 9 }),
  cents: fc.integer({ min: 0, max: 30_000 }),
  status: fc.constantFrom('placed', 'paid', 'paid', 'shipped', 'cancelled'),
  day: fc.integer({ min: 0, max: daysEach - 1 }),
  second: fc.constantFrom(0, 1, 43_200, 86_399),
  updated: fc.integer({ min: 0, max: 24 }),
});
type Version = typeof version extends fc.Arbitrary<infer T> ? T : never;

function line(it: Version, index: number, seed: number): string {
  const first = firstDay(seed, index);
  const { orders, customers } = own(seed, index, index);
  return [
    `${orders}${two(index)}-${String(it.order).padStart(4, '0')}`,
    `${customers}${two(index)}${two(it.customer)}`,
    `P-${String(it.product).padStart(5, '0')}`,
    it.quantity,
    (it.cents / 100).toFixed(2),
    it.status,
    instant(first + it.day * day + it.second * 1000),
    instant(first + 10 * day + it.updated * 3_600_000),
  ].join(',');
}

/** Each spoils a line in a way that the contract of `orders` refuses. */
const spoil: ((fields: string[]) => string[])[] = [
  (fields) => fields.with(3, '-1'),
  (fields) => fields.with(5, 'lost'),
  (fields) => fields.with(1, ''),
  (fields) => fields.with(6, 'yesterday'),
  (fields) => fields.slice(0, -1),
  (fields) => [...fields, 'one more'],
];

const kind = fc.oneof(
  { weight: 14, arbitrary: fc.constant('new' as const) },
  { weight: 3, arbitrary: fc.constant('repeat of another file' as const) },
  { weight: 1, arbitrary: fc.constant('repeat' as const) },
  { weight: 1, arbitrary: fc.constant('spoiled' as const) },
);
const row = fc.record({ is: kind, version, pick: fc.nat() });
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

/** A file's lines, and those of them that are sound. More than a twentieth of spoiled rows would have it refused whole. */
function linesOf(rows: Row[], others: string[], index: number, seed: number): { lines: string[]; sound: string[] } {
  const lines: string[] = [];
  const sound: string[] = [];
  for (const { is, version, pick } of rows) {
    let next = line(version, index, seed);
    if (is === 'repeat of another file' && others.length > 0) next = others[pick % others.length]!;
    if (is === 'repeat' && sound.length > 0) next = sound[pick % sound.length]!;
    if (is === 'spoiled' && 20 * (lines.length - sound.length + 1) <= rows.length) {
      lines.push(spoil[pick % spoil.length]!(next.split(',')).join(','));
      continue;
    }
    lines.push(next);
    sound.push(next);
  }
  return { lines, sound };
}

const drawn = fc.record({
  rows: fc.array(row, { minLength: 20, maxLength: 100, size: 'max' }),
  group: fc.integer({ min: 0, max: groupCount - 1 }),
});

/** A history of 5 to 8 files of 20 to 100 rows, with days, orders and customers of its own. */
export const history = (index: number, seed: number): fc.Arbitrary<History> =>
  fc.array(drawn, { minLength: 5, maxLength: 8, size: 'max' }).map((files) => {
    const others: string[] = [];
    const texts = files.map(({ rows }) => {
      const { lines, sound } = linesOf(rows, others, index, seed);
      others.push(...sound);
      return `${[columns.join(','), ...lines].join('\n')}\n`;
    });
    return { name: `history ${index}`, files: texts, groups: files.map(({ group }) => group) };
  });
