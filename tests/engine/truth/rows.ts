import type { Cell } from './cells.ts';
import type { Break, Plan, Row, Seed } from './plan.ts';
import type { Random } from './random.ts';

const MAX_RANK = 9999;

/** Makes the rows of a plan one after the other, so many: sound, spoilt, newer or older versions, and repeats. */
export function rowMaker(plan: Plan, random: Random, rows: number): () => Row {
  let left = rows;
  const recent: Row[] = [];
  const due: Row[] = [];
  let n = 0;

  const fresh = (): Row => make(plan, { random, n: n++, rank: random.int(0, MAX_RANK) });
  const version = (of: Row): Row => {
    const taken = recent.filter((row) => row.n === of.n).map(({ rank }) => rank);
    let rank = random.int(0, MAX_RANK);
    while (taken.includes(rank)) rank = random.int(0, MAX_RANK);
    return make(plan, { random, n: of.n, rank });
  };
  const remember = (row: Row): Row => {
    recent.push(row);
    // Old things leave whole, so that the ranks that one has had are always known.
    if (recent.length > 400) {
      const gone = recent[0]!.n;
      recent.splice(0, recent.length, ...recent.filter((kept) => kept.n !== gone));
    }
    return row;
  };
  const repeated = (row: Row): Row => ({ ...row, cells: row.cells.map((cell) => respelt(cell, random)), isCopy: true });

  return () => {
    left--;
    const planned = due.length > 3 || due.length > left ? due.shift() : undefined;
    if (planned) return planned;
    const chance = random.next();
    const known = recent.length > 0 ? random.pick(recent) : undefined;
    if (chance < 0.14) {
      // A spoilt row may not displace a sound one of the same key, however new it is.
      const row = known && random.chance(0.2) ? version(known) : fresh();
      return spoil(plan, row, random);
    }
    if (chance < 0.16 && plan.unique && left > due.length) {
      const [one, other] = sharing(plan, fresh(), fresh(), random);
      due.push(other);
      return one;
    }
    if (known && chance < 0.22) return remember(version(known));
    if (known && chance < 0.27) return repeated(known);
    return remember(fresh());
  };
}

function make(plan: Plan, seed: Seed): Row {
  const { random, n, rank } = seed;
  const cells = plan.fields.map((field) => field.good(seed));
  const extras = plan.extras.flatMap(({ name, make }): Row['extras'] =>
    random.chance(0.5) ? [[name, make(random)]] : [],
  );
  return judged(plan, { cells, extras, breaks: [], warns: [], n, rank, isCopy: false });
}

function respelt(cell: Cell, random: Random): Cell {
  return cell.spellings.length > 0 ? { ...cell, text: random.pick(cell.spellings) } : cell;
}

function spoil(plan: Plan, row: Row, random: Random): Row {
  const seed = { random, n: row.n, rank: row.rank };
  const cells = [...row.cells];
  const spoilable = plan.fields.flatMap(({ bad }, index) => (bad.length > 0 ? [index] : []));
  for (const index of random.shuffle(spoilable).slice(0, random.pick([1, 1, 1, 2, 3]))) {
    cells[index] = random.pick(plan.fields[index]!.bad)(seed);
  }
  const spoilt = judged(plan, { ...row, cells });
  return plan.faults && random.chance(0.1) ? random.pick(plan.faults)(spoilt, random) : spoilt;
}

/** Two rows about different things with one value that only one thing may have. */
function sharing(plan: Plan, one: Row, other: Row, random: Random): [Row, Row] {
  const index = plan.fields.findIndex(({ name }) => name === plan.unique);
  const cells = other.cells.with(index, respelt(one.cells[index]!, random));
  const broken = (cell: Cell): Break[] => [{ rule: `${plan.unique}.unique`, value: cell.text }];
  return [
    { ...one, breaks: broken(one.cells[index]!) },
    { ...other, cells, breaks: broken(cells[index]!) },
  ];
}

/** Gathers what the cells and the rules on the whole row find. */
function judged(plan: Plan, row: Row): Row {
  const place = (name: string) => plan.fields.findIndex((field) => field.name === name);
  const whole = plan.rowRules?.((name) => row.cells[place(name)]!.value) ?? { breaks: [], warns: [] };
  const each = <T>(found: (cell: Cell, column: string) => T[]): T[] =>
    row.cells.flatMap((cell, index) => found(cell, plan.fields[index]!.name));
  const breaks = each(({ breaks, text }, column) =>
    breaks.map((rule): Break => ({ rule: `${column}.${rule}`, value: text || undefined })),
  );
  const warns = each((cell, column) => cell.warns.map((rule) => `${column}.${rule}`));
  return {
    ...row,
    breaks: [...breaks, ...whole.breaks.map((rule) => ({ rule }))],
    warns: [...warns, ...whole.warns],
  };
}
