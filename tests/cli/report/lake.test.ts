import { describe, expect, it } from '@jest/globals';
import { reportLake } from '../../../cli/report/lake.ts';
import { fileLines } from '../../../cli/report/show.ts';
import { whereIs } from '../../../cli/report/where.ts';
import { refreshPages, writeFilePage } from '../../../core/quality/report/refresh.ts';
import { bucket, fileRecord, idOf, place, refused, textOf } from '../../core/quality/report/fixture.ts';

const day = '2026-03-01';
const lakeOf = (of: ReturnType<typeof bucket>) => reportLake(of.ports, () => place);

describe('reports of the lake', () => {
  it('are read as they are', async () => {
    const of = bucket();
    of.put(fileRecord(1));
    await writeFilePage(of.ports, fileRecord(1), place);
    await refreshPages(of.ports, 'orders', [day], place);
    const lake = lakeOf(of);

    expect(await lake.filePage(fileRecord(1))).toBe(of.objects.get(`reports/orders/${day}/${idOf(1)}.html`));
    expect(await lake.dayPage('orders', day)).toBe(of.objects.get(`reports/orders/${day}/index.html`));
    expect(await lake.datasetPage('orders', day)).toBe(of.objects.get('reports/orders/index.html'));
    expect(await lake.filesOf('orders', day)).toEqual([
      { dataset: 'orders', file_id: idOf(1), last_modified: '2026-03-01T10:00:00.000Z' },
    ]);
  });

  it('are made of the records where they are not there, and not written', async () => {
    const of = bucket();
    of.put(fileRecord(1), refused(2));
    const before = [...of.objects.keys()];
    const lake = lakeOf(of);

    const totals = await lake.totals('orders', day);
    const pages = [
      await lake.filePage(fileRecord(1)),
      await lake.dayPage('orders', day),
      await lake.datasetPage('orders', day),
    ];

    expect(totals).toMatchObject({ files: 2, refused: 1 });
    expect(pages.map((page) => /<h1>(.*?)<\/h1>/.exec(page!)![1]).map((title) => textOf(title!))).toEqual([
      'shop/1.csv',
      'orders on 2026-03-01',
      'Quality of orders',
    ]);
    expect([...of.objects.keys()]).toEqual(before);
  });

  it('are none where there is no record', async () => {
    const lake = lakeOf(bucket());

    expect(await lake.totals('orders', day)).toBeUndefined();
    expect(await lake.filePage(fileRecord(1))).toBeUndefined();
    expect(await lake.datasetPage('orders', day)).toBeUndefined();
    expect(await lake.days('orders', new Date('2026-03-02T00:00:00Z'))).toEqual([]);
  });
});

describe('a file in a few lines', () => {
  it('has its account, its worst rule, and what has become of it since', () => {
    const lines = new Map(fileLines(fileRecord(1), 'undone'));

    expect(lines.get('outcome')).toBe('taken');
    expect(lines.get('since then')).toBe('undone');
    expect(lines.get('rows')).toBe('1,000 = 970 accepted + 20 rejected + 7 duplicate + 3 superseded');
    expect(lines.get('worst rule')).toBe('price.type: 15 rows of 1,000');
  });

  it('shows nothing that a terminal would obey', () => {
    const lines = fileLines(refused(1, { error: 'bad \u001b[2J', key: 'landing/orders/\u202e' }), 'rejected');

    expect(new Map(lines).get('because')).toBe('bad \\x1b[2J');
    expect(new Map(lines).get('since then')).toBeUndefined();
    expect(lines.flat().join(' ')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('where a page is', () => {
  const stack = { lakeBucket: 'lake', ingestStateMachine: 'arn:aws:states:eu-central-1:1:stateMachine:m' };

  it('is in the AWS console, or at the local cloud', () => {
    const key = 'reports/orders/index.html';

    expect(whereIs({ ...stack, stage: 'prod' }, key, 'http://ignored')).toEqual({
      uri: `s3://lake/${key}`,
      url: 'https://eu-central-1.console.aws.amazon.com/s3/object/lake?region=eu-central-1&prefix=reports%2Forders%2Findex.html',
    });
    expect(whereIs({ ...stack, stage: 'local' }, key, 'http://127.0.0.1:4566/').url).toBe(
      `http://127.0.0.1:4566/lake/${key}`,
    );
  });
});
