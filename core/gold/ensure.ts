import type { MartItem } from '../ledger/items.ts';
import { createTable, plainType } from '../merge/ensure.ts';
import type { NamedType } from '../merge/tables.ts';
import { runQuery } from '../run-query.ts';
import type { Mart } from './mart.ts';
import type { GoldPorts } from './refresh.ts';
import { columnsOfMart, createMart, dropMart, dropView, type Sources } from './statements.ts';

/**
 * Makes the table of a mart ready for its MERGE and says what columns it has; `fresh`: it is empty. A mart whose
 * definition has got other columns or another key is dropped and made anew; readers miss it until its MERGE is done.
 */
export async function ensureMart(
  ports: GoldPorts,
  mart: Mart,
  now: Sources,
  item: MartItem,
): Promise<{ columns: NamedType[]; fresh: boolean }> {
  const { catalog, databases } = ports;
  if (wasView(item)) await runQuery(ports.athena, ports.clock, `dropping gold.${mart.name}`, dropView(ports, mart));
  const known = await catalog.columns(databases.gold, mart.name);
  if (known !== undefined && (item.definition === mart.definition || (await fits(ports, mart, now, known, item.key))))
    return { columns: known, fresh: false };
  if (known !== undefined) {
    await runQuery(ports.athena, ports.clock, `dropping gold.${mart.name}`, dropMart(ports, mart));
  }
  const ddl = createMart(ports, mart, now, ports.bucket);
  await createTable(ports, databases.gold, mart.name, `creating gold.${mart.name}`, ddl);
  return { columns: (await catalog.columns(databases.gold, mart.name)) ?? [], fresh: true };
}

/** A table has key columns, a view has none; of a mart that was never built nothing is known. */
const wasView = ({ key }: MartItem): boolean => key?.length === 0;
export const wasTable = ({ key }: MartItem): boolean => key !== undefined && key.length > 0;

async function fits(
  ports: GoldPorts,
  mart: Mart,
  now: Sources,
  columns: NamedType[],
  key: string[] | undefined,
): Promise<boolean> {
  // Rows that were apart by another key could meet in one.
  if (key?.join() !== mart.key.join()) return false;
  const sql = columnsOfMart(ports, mart, now);
  const { queryId } = await runQuery(ports.athena, ports.clock, `asking for the columns of gold.${mart.name}`, sql);
  const wanted = await ports.athena.columns(queryId);
  const shape = (list: NamedType[]) => list.map(({ name, type }) => `${name} ${plainType(type)}`).join();
  return shape(wanted) === shape(columns);
}
