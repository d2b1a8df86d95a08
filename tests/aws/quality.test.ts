import { beforeEach, describe, expect, it } from '@jest/globals';
import { glue, s3 } from '../../aws/clients.ts';
import { recordStore } from '../../aws/quality.ts';
import type { FileRecord } from '../../core/quality/record.ts';

type Request = { input: Record<string, unknown>; constructor: { name: string } };
const asked: { call: string; input: Record<string, unknown> }[] = [];
let answers: Record<string, unknown> = {};

/** An answer that is an error is thrown. */
const send = (async (command: Request) => {
  const call = command.constructor.name;
  asked.push({ call, input: command.input });
  const answer = answers[call];
  if (answer instanceof Error) throw answer;
  return answer;
}) as never;
const named = (name: string) => Object.assign(new Error(name), { name });

beforeEach(() => {
  process.env.AWS_REGION ??= 'us-east-1';
  s3().send = send;
  glue().send = send;
  asked.length = 0;
  answers = {};
});

const pages = { file: async () => undefined, refresh: async () => [], refreshDay: async () => 'done' as const };
const store = recordStore('tributary_dev_ops', 'lake', pages);

describe('the store of records', () => {
  it('puts a record as one line, since readers take each line for a row', async () => {
    const record = { dataset: 'orders', file_id: 'f', last_modified: '2026-03-01T10:00:00.000Z', error: 'two\nlines' };

    await store.write(record as FileRecord);

    const { input } = asked.find(({ call }) => call === 'PutObjectCommand')!;
    expect(input).toMatchObject({ Bucket: 'lake', Key: 'quality/dataset=orders/day=2026-03-01/f.json' });
    expect(String(input.Body).split('\n').length).toBe(1);
    expect(JSON.parse(String(input.Body))).toEqual(record);
  });

  it('adds a day with the columns that the table has', async () => {
    answers.GetTableCommand = {
      Table: { StorageDescriptor: { Columns: [{ Name: 'file_id' }], Location: 's3://lake/' } },
    };

    await store.showDay('orders', '2026-03-01');

    expect(asked.at(-1)).toMatchObject({
      call: 'CreatePartitionCommand',
      input: {
        ...{ DatabaseName: 'tributary_dev_ops', TableName: 'files' },
        PartitionInput: {
          Values: ['orders', '2026-03-01'],
          StorageDescriptor: {
            Columns: [{ Name: 'file_id' }],
            Location: 's3://lake/quality/dataset=orders/day=2026-03-01/',
          },
        },
      },
    });
  });

  it('takes a day that is there already for added, and says what to do where there is no table', async () => {
    answers.GetTableCommand = { Table: { StorageDescriptor: {} } };
    answers.CreatePartitionCommand = named('AlreadyExistsException');
    await store.showDay('orders', '2026-03-01');

    answers.CreatePartitionCommand = named('AccessDeniedException');
    await expect(store.showDay('orders', '2026-03-01')).rejects.toThrow('AccessDenied');

    answers.GetTableCommand = named('EntityNotFoundException');
    await expect(store.showDay('orders', '2026-03-01')).rejects.toThrow('no table tributary_dev_ops.files: deploy');
  });

  it('knows a profile that is gone from one that can not be read', async () => {
    answers.GetObjectCommand = named('NoSuchKey');
    expect(await store.profile('staging/x')).toBeUndefined();

    answers.GetObjectCommand = named('AccessDenied');
    await expect(store.profile('staging/x')).rejects.toThrow('AccessDenied');
  });
});
