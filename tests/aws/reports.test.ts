import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { s3 } from '../../aws/clients.ts';
import { pagePorts, reports } from '../../aws/reports.ts';
import { recordKey } from '../../core/quality/record.ts';
import { fileRecord, idOf } from '../core/quality/report/fixture.ts';

type Input = Record<string, string | undefined>;
const asked: Input[] = [];
let answer: (input: Input) => object;

beforeAll(() => {
  process.env.AWS_REGION ??= 'us-east-1';
  s3().send = (async ({ input }: { input: Input }) => {
    asked.push(input);
    return answer(input);
  }) as never;
});
afterEach(() => {
  asked.length = 0;
  jest.restoreAllMocks();
});

const named = (name: string) => Object.assign(new Error(name), { name });

describe('the pages in the lake', () => {
  it('are made of the records of a day, all pages of the list, and of nothing else that lies there', async () => {
    const key = recordKey(fileRecord(1));
    const pages: object[] = [
      {
        Contents: [
          { Key: key, ETag: '"a"' },
          { Key: `${key}.bak`, ETag: '"b"' },
        ],
        NextContinuationToken: 'more',
      },
      { Contents: [{ Key: recordKey(fileRecord(2)), ETag: '"c"' }] },
    ];
    answer = () => pages.shift()!;

    const found = await pagePorts('lake').listRecords('orders', '2026-03-01');

    expect(found).toEqual([
      { file_id: idOf(1), key, etag: 'a' },
      { file_id: idOf(2), key: recordKey(fileRecord(2)), etag: 'c' },
    ]);
    expect(asked).toMatchObject([{ Prefix: 'quality/dataset=orders/day=2026-03-01/' }, { ContinuationToken: 'more' }]);
  });

  it('know the days with records, from one on', async () => {
    const days = ['2025-12-31', '2026-01-02', '2026-01-01'];
    answer = () => ({ CommonPrefixes: days.map((day) => ({ Prefix: `quality/dataset=orders/day=${day}/` })) });

    expect(await pagePorts('lake').listDays('orders', '2026-01-01')).toEqual(['2026-01-01', '2026-01-02']);

    expect(asked).toMatchObject([{ Prefix: 'quality/dataset=orders/day=', Delimiter: '/' }]);
  });

  it.each(['NoSuchKey', 'AccessDenied'])('are not there when S3 says %s, but other failures are told', async (name) => {
    answer = () => {
      throw named(name);
    };

    expect(await pagePorts('lake').read('reports/orders/index.html')).toBeUndefined();

    answer = () => {
      throw named('SlowDown');
    };
    await expect(pagePorts('lake').read('reports/orders/index.html')).rejects.toThrow('SlowDown');
  });
});

describe('writing report pages', () => {
  const written = reports({ lakeBucket: 'lake', stage: 'test' }, []);

  it('puts them where a browser shows them', async () => {
    answer = () => ({});

    await written.file(fileRecord(1));

    expect(asked).toMatchObject([
      { Bucket: 'lake', Key: `reports/orders/2026-03-01/${idOf(1)}.html`, ContentType: 'text/html; charset=utf-8' },
    ]);
  });

  it('never fails: the log and a metric tell', async () => {
    const lines: string[] = [];
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    }
    answer = () => {
      throw named('SlowDown');
    };

    await written.file(fileRecord(1));
    await written.refresh('orders', ['2026-03-01']);
    await written.file({ ...fileRecord(1), rules: undefined as never });

    // By dataset, and for the alarm of all of them.
    const counted = lines.filter((line) => line.includes('"ReportsNotWritten":1'));
    expect(counted.map((line) => line.includes('"dataset":"orders"'))).toEqual([true, false, true, false, true, false]);
    expect(lines.filter((line) => line.includes('a report page was not written'))).toHaveLength(3);
  });
});
