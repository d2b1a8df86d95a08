import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { s3 } from '../../aws/clients.ts';
import { startExecution } from '../../aws/executions.ts';
import { systemClock } from '../../aws/ledger.ts';
import { fileId } from '../../core/ledger/file-id.ts';
import { fileState, getFile } from '../../core/ledger/files.ts';
import { takeTurn } from '../../core/ledger/turn.ts';
import { endTurn } from '../../core/pipeline/wake.ts';
import { land, ledger, query, stack, tributaryJson, until } from './cloud.ts';

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
const order = (n: number) =>
  `O-BISECT-000${n},C-000001,P-00001,1,9.99,paid,2026-05-0${n}T10:00:00Z,2026-05-0${n}T10:00:00Z\n`;
const numbers = [1, 2, 3, 4, 5, 6, 7];
const spoilt = 4;

interface Run {
  outcome: string;
  key: string;
  error: string | null;
}

describe('one of many files cannot be merged', () => {
  const files: { key: string; id: string }[] = [];
  const state = async (n: number) => {
    const item = await getFile(await ledger(), files[n - 1]!.id);
    return item === undefined ? undefined : (await fileState(await ledger(), item)).state;
  };

  it('is found by splitting their batch; the others are merged at once and only its run fails', async () => {
    const store = await ledger();
    const { landingBucket, lakeBucket, ingestStateMachine } = await stack();
    const me = 'a test that holds the table until all files wait';
    await until('the table is free', 60, async () => 'lease' in (await takeTurn(store, systemClock, 'orders', me)));
    for (const n of numbers) {
      const key = `landing/orders/bisect-${n}.csv`;
      files.push({ key, id: fileId(landingBucket, key, await land(key, header + order(n))) });
    }
    await until('all are staged', 90, async () => {
      await takeTurn(store, systemClock, 'orders', me);
      return (await Promise.all(numbers.map(state))).every((found) => found === 'staged');
    });
    // What a staged file would be after its object was damaged: nothing that validation could have refused.
    const { stage_id } = (await getFile(store, files[spoilt - 1]!.id))!;
    const damaged = `staging/orders/stage_id=${stage_id}/part-0.parquet`;
    await s3().send(new PutObjectCommand({ Bucket: lakeBucket, Key: damaged, Body: 'this is not Parquet' }));

    await endTurn(
      { ledger: store, clock: systemClock, startRun: (input) => startExecution(ingestStateMachine, input) },
      'orders',
      me,
    );

    const others = numbers.filter((n) => n !== spoilt);
    await until('the others are done', 60, async () =>
      (await Promise.all(others.map(state))).every((found) => found === 'done'),
    );
    const rows = await query(`select order_id from {silver}.orders where order_id like 'O-BISECT-%' order by 1`);
    expect(rows).toEqual(others.map((n) => ({ order_id: `O-BISECT-000${n}` })));
    const failed = await until('its run fails', 60, async () => {
      const runs = await tributaryJson<Run[]>('runs', '--status', 'failed');
      return runs.find(({ key }) => key.includes(`bisect-${spoilt}.csv`));
    });
    expect(failed.error).toMatch(/QueryRejectedError: MERGE of 1 files .*HIVE_BAD_DATA|HIVE_CANNOT_OPEN_SPLIT/s);
    expect(await state(spoilt)).toBe('failed');
  });

  it('is taken in when it is run again', async () => {
    const result = await tributaryJson<{ outcome: string }[]>('rerun', files[spoilt - 1]!.id, '--new');

    expect(result).toMatchObject([{ outcome: 'done' }]);
    const rows = await query(`select order_id from {silver}.orders where order_id = 'O-BISECT-000${spoilt}'`);
    expect(rows).toHaveLength(1);
  });
});
