import { parseArgs } from 'node:util';
import { executionHistory } from '../aws/executions.ts';
import { putUnlessSame } from '../aws/landing.ts';
import { ledgerStore } from '../aws/ledger.ts';
import { connect } from '../cli/cloud.ts';
import { timeline } from '../core/incident/timeline.ts';
import { fileId } from '../core/ledger/file-id.ts';
import { getFile } from '../core/ledger/files.ts';

/**
 * Drops one small file of orders after another and prints how long each took from the upload until gold shows it, and
 * where the time went. Usage: npm run bench:drop -- [--stage S] [--files 10]. The stage must be up.
 */
const { values } = parseArgs({
  options: { stage: { type: 'string', default: 'local' }, files: { type: 'string', default: '10' } },
});
const stack = await connect(values.stage);
const ledger = ledgerStore(stack.ledgerTable);
const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';

const seconds: number[] = [];
const states = new Map<string, number[]>();
for (let n = 0; n < Number(values.files); n++) {
  const now = new Date().toISOString();
  const key = `landing/orders/bench-${now}.csv`;
  const row = `O-BENCH-${String(n).padStart(6, '0')},C-000001,P-00001,1,9.99,paid,${now.slice(0, 19)}Z,${now.slice(0, 19)}Z\n`;
  const begin = performance.now();
  const { versionId } = await putUnlessSame(stack.landingBucket, key, header + row, 'text/csv', true);
  const id = fileId(stack.landingBucket, key, versionId);
  let file = await getFile(ledger, id);
  while (file?.status !== 'done') {
    if (file?.status === 'failed' || file?.status === 'rejected') throw new Error(`${key}: ${file.error}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    file = await getFile(ledger, id);
  }
  seconds.push((performance.now() - begin) / 1000);
  for (const visit of timeline(await executionHistory(file.run))) {
    const took = (visit.endedAt?.getTime() ?? Date.now()) - visit.startedAt.getTime();
    states.set(visit.state, [...(states.get(visit.state) ?? []), took / 1000]);
  }
  console.log(`${n + 1}. ${seconds.at(-1)!.toFixed(2)} s`);
}
console.log(`drop to gold: median ${median(seconds)} s of ${seconds.length}`);
for (const [state, took] of states) console.log(`  ${state.padEnd(16)} median ${median(took)} s`);

function median(numbers: number[]): string {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!.toFixed(2);
}
