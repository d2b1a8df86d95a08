import type { MartItem } from '../ledger/items.ts';
import { withRetries } from '../ledger/store.ts';
import { runQuery } from '../run-query.ts';
import { silverViewNames } from './mart.ts';
import type { GoldPorts } from './refresh.ts';
import { dropView } from './statements.ts';

/**
 * Drops the views of silver that were made when the contract of the dataset asked for them, and that it does not ask for
 * any more: what they say would be wrong. The ledger tells which were made; of others that have such a name it knows
 * nothing, so they stay.
 */
export async function dropObsolete(ports: GoldPorts, dataset: string): Promise<void> {
  const { ledger, clock, athena, datasets } = ports;
  const taken = new Set([...Object.keys(datasets), ...ports.marts.map(({ name }) => name)]);
  const free = silverViewNames(dataset).filter((name) => !taken.has(name));
  const made = await ledger.getMany<MartItem>(free.map((name) => ({ pk: `mart#${name}`, sk: 'state' })));
  for (const { pk, sk } of made) {
    const name = pk.slice('mart#'.length);
    await runQuery(athena, clock, `dropping the view silver.${name}`, dropView(ports, { name, layer: 'silver' }));
    await withRetries(clock, async () => {
      const item = await ledger.get<MartItem>(pk, sk);
      if (item !== undefined) await ledger.write([], [item]);
    });
  }
}
