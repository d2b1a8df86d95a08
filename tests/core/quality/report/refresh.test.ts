import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recordKey } from '../../../../core/quality/record.ts';
import type { DayTotals } from '../../../../core/quality/report/day.ts';
import { bounds, refreshDay, refreshPages, writeFilePage } from '../../../../core/quality/report/refresh.ts';
import { bucket, fileRecord, idOf, place, refused, tables } from './fixture.ts';

const day = '2026-03-01';
const dayPage = `reports/orders/${day}/index.html`;
const datasetPage = 'reports/orders/index.html';
const on = (of: string) => ({ last_modified: `${of}T10:00:00.000Z`, finished_at: `${of}T10:01:00.000Z` });
const totalsOf = (lake: ReturnType<typeof bucket>, of = day): DayTotals =>
  JSON.parse(lake.objects.get(`reports/orders/${of}/totals.json`)!);
const pagesOf = (lake: ReturnType<typeof bucket>) =>
  Object.fromEntries([...lake.objects].filter(([key]) => key.startsWith('reports/')).sort());

describe('the pages of a dataset', () => {
  it('are made of the records, and again the same', async () => {
    const lake = bucket();
    lake.put(fileRecord(1), refused(2), fileRecord(3, on('2026-02-27')));

    await refreshPages(lake.ports, 'orders', [day, '2026-02-27', day], place);

    const first = pagesOf(lake);
    expect(Object.keys(first)).toEqual([
      ...['files.json', 'index.html', 'totals.json'].map((name) => `reports/orders/2026-02-27/${name}`),
      ...['files.json', 'index.html', 'totals.json'].map((name) => `reports/orders/${day}/${name}`),
      datasetPage,
    ]);
    expect(
      tables(first[datasetPage]!)
        .get('The last days with files, newest first')!
        .slice(1)
        .map(([of]) => of),
    ).toEqual([day, '2026-02-27']);
    await refreshPages(lake.ports, 'orders', [day], place);
    expect(pagesOf(lake)).toEqual(first);
  });

  it('lie where their links lead', async () => {
    const lake = bucket();
    const files = [fileRecord(1), refused(2), fileRecord(3, on('2026-02-27'))];
    lake.put(...files);
    for (const file of files) await writeFilePage(lake.ports, file, place);

    await refreshPages(lake.ports, 'orders', [day, '2026-02-27'], place);

    const leading = [...lake.objects]
      .filter(([key]) => key.endsWith('.html'))
      .flatMap(([key, page]) =>
        [...page.matchAll(/href="([^"]*)"/g)]
          .map(([, link]) => link!)
          .filter((link) => !link.startsWith('https:'))
          .map((link) => new URL(link, `file:///${key}`).pathname.slice(1)),
      );
    expect(leading.length).toBeGreaterThan(10);
    expect(leading.filter((key) => !lake.objects.has(key))).toEqual([]);
  });

  it('read a record once, and again when it is written anew', async () => {
    const lake = bucket();
    lake.put(fileRecord(1), fileRecord(2));
    await refreshPages(lake.ports, 'orders', [day], place);
    lake.put(refused(2));
    lake.reads.length = 0;

    await refreshPages(lake.ports, 'orders', [day], place);

    expect(lake.reads.filter((key) => key.startsWith('quality/'))).toEqual([recordKey(fileRecord(2))]);
    expect(totalsOf(lake)).toMatchObject({ files: 2, refused: 1 });
  });

  it('forget a record that is not there any more', async () => {
    const lake = bucket();
    lake.put(fileRecord(1), fileRecord(2));
    await refreshPages(lake.ports, 'orders', [day], place);
    lake.objects.delete(recordKey(fileRecord(2)));

    await refreshPages(lake.ports, 'orders', [day], place);

    expect(totalsOf(lake).files).toBe(1);
  });

  it.each(['', '{"version":1', '{"version":0,"files":{}}', 'null'])(
    'are made anew where what they remember is %j',
    async (memory) => {
      const lake = bucket();
      lake.put(fileRecord(1), fileRecord(2));
      lake.objects.set(`reports/orders/${day}/files.json`, memory);

      await refreshPages(lake.ports, 'orders', [day], place);

      expect(totalsOf(lake)).toMatchObject({ files: 2, uncounted: 0 });
    },
  );

  it('tell of records that could not be read, and count them the next time', async () => {
    const lake = bucket();
    lake.put(fileRecord(1), fileRecord(2));
    const missing = recordKey(fileRecord(2));
    const blind = { ...lake.ports, read: async (key: string) => (key === missing ? undefined : lake.ports.read(key)) };

    await refreshPages(blind, 'orders', [day], place);

    expect(totalsOf(lake)).toMatchObject({ files: 1, uncounted: 1 });
    expect(lake.objects.get(dayPage)).toContain('1 file not counted yet');
    await refreshPages(lake.ports, 'orders', [day], place);
    expect(totalsOf(lake)).toMatchObject({ files: 2, uncounted: 0 });
  });

  it('take in what an earlier call had no time for: the last file of the day before, and days without totals', async () => {
    const lake = bucket();
    lake.put(fileRecord(1, on('2026-02-27')));
    await refreshPages(lake.ports, 'orders', ['2026-02-27'], place);
    lake.put(fileRecord(2, on('2026-02-27')), fileRecord(3, on('2026-02-25')), fileRecord(4));

    await refreshPages(lake.ports, 'orders', [day], place);

    expect(totalsOf(lake, '2026-02-27').files).toBe(2);
    expect(totalsOf(lake, '2026-02-25').files).toBe(1);
    expect(tables(lake.objects.get(datasetPage)!).get('The last days with files, newest first')).toHaveLength(4);
  });

  it('read no more than the bounds say, and get there in several calls', async () => {
    const lake = bucket();
    const files = bounds.records * bounds.passes + 10;
    for (let n = 1; n <= files; n++) lake.put(fileRecord(n, { rules: [], columns: [] }));

    await refreshPages(lake.ports, 'orders', [day], place);

    expect(lake.reads.filter((key) => key.startsWith('quality/'))).toHaveLength(bounds.records * bounds.passes);
    expect(totalsOf(lake)).toMatchObject({ files: files - 10, uncounted: 10 });
    expect(lake.objects.get(dayPage)).toContain(`The last 500 of`);
    await refreshPages(lake.ports, 'orders', [day], place);
    expect(totalsOf(lake)).toMatchObject({ files, uncounted: 0 });
  });

  it('say that they may lack files where others wrote more often than one call looks, and the next run of the dataset sees to it', async () => {
    const lake = bucket();
    const early = '2026-02-27';
    lake.put(fileRecord(1, on(early)));
    let n = 1;
    const write: typeof lake.ports.write = async (key, text, type) => {
      // Whenever it is about to write, another file comes, whose run makes the page before it.
      if (key === `reports/orders/${early}/index.html` && n <= bounds.passes) {
        n += 1;
        lake.put(fileRecord(n, on(early)));
        await refreshPages(lake.ports, 'orders', [early], place);
      }
      await lake.ports.write(key, text, type);
    };
    await refreshPages({ ...lake.ports, write }, 'orders', [early], place);
    const left = totalsOf(lake, early);
    lake.put(fileRecord(20, on('2026-02-28')));
    await refreshPages(lake.ports, 'orders', ['2026-02-28'], place);
    lake.put(fileRecord(21));

    await refreshPages(lake.ports, 'orders', [day], place);

    expect([n, left.files, left.fingerprint]).toEqual([bounds.passes + 1, bounds.passes, '']);
    expect(totalsOf(lake, early)).toMatchObject({ files: n, fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(lake.objects.get(`reports/orders/${early}/index.html`)).toContain(idOf(n));
  });

  it('are made as far as the time goes, the first day in any case, and that of the dataset with the last of them', async () => {
    const lake = bucket();
    const days = ['2026-02-26', '2026-02-27', '2026-02-28', day];
    for (const [n, of] of days.entries()) lake.put(fileRecord(n + 1, on(of)));
    const times = [true, false, false];

    const left = await refreshPages(lake.ports, 'orders', days, place, () => times.shift()!);
    const between = [...lake.objects.keys()].filter((key) => key.startsWith('reports/') && key.endsWith('.html'));
    const further = await refreshPages(lake.ports, 'orders', left, place, () => false);
    const rest = await refreshPages(lake.ports, 'orders', further, place, () => false);

    expect([left, further, rest]).toEqual([days.slice(2), days.slice(3), []]);
    expect(between).toEqual(days.slice(0, 2).map((of) => `reports/orders/${of}/index.html`));
    const whole = bucket();
    for (const [n, of] of days.entries()) whole.put(fileRecord(n + 1, on(of)));
    await refreshPages(whole.ports, 'orders', days, place);
    expect(pagesOf(lake)).toEqual(pagesOf(whole));
  });

  it('of one day alone tell whether there is more to read, and do not wait for what can not be read', async () => {
    const lake = bucket();
    for (let n = 1; n <= bounds.records * bounds.passes + 1; n++) {
      lake.put(fileRecord(n, { rules: [], columns: [] }));
    }
    const gone = recordKey(fileRecord(1));
    const blind = { ...lake.ports, read: async (key: string) => (key === gone ? undefined : lake.ports.read(key)) };

    const outcomes = [];
    for (let call = 0; call < 3; call++) outcomes.push(await refreshDay(blind, 'orders', day, place));

    expect(outcomes).toEqual(['more', 'done', 'done']);
    expect(totalsOf(lake)).toMatchObject({ uncounted: 1, fingerprint: '' });
  });

  it('compare the last days with files, however far apart, but not those of long ago', async () => {
    const lake = bucket();
    const days = Array.from({ length: 40 }, (_, n) =>
      new Date(Date.UTC(2026, 0, 1 + 9 * n)).toISOString().slice(0, 10),
    );
    for (const [n, of] of days.entries()) lake.put(fileRecord(n + 1, on(of)));
    lake.put(fileRecord(99, on('2024-01-01')));

    for (const of of days) await refreshPages(lake.ports, 'orders', [of], place);

    const shown = tables(lake.objects.get(datasetPage)!).get('The last days with files, newest first')!.slice(1);
    expect(shown.map(([of]) => of)).toEqual(days.slice(-bounds.days).reverse());
  });

  it('have every file in the end, however calls of several runs come between each other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom(day, '2026-02-28'), { minLength: 2, maxLength: 5 }),
        async (s, days) => {
          const lake = bucket();
          // A request reaches the bucket at some time after it was sent.
          const later =
            <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
            async (...args: A): Promise<R> => {
              await s.schedule(Promise.resolve());
              return call(...args);
            };
          const { listRecords, listDays, read, write } = lake.ports;
          const slow = {
            listRecords: later(listRecords),
            listDays: later(listDays),
            read: later(read),
            write: later(write),
          };
          const runs = days.map(async (of, n) => {
            const file = fileRecord(n + 1, on(of));
            await slow.write(recordKey(file), JSON.stringify(file), 'application/json');
            await refreshPages(slow, 'orders', [of], place);
          });

          await s.waitFor(Promise.all(runs));

          const raced = pagesOf(lake);
          await refreshPages(lake.ports, 'orders', [...new Set(days)], place);
          for (const of of new Set(days)) {
            expect(totalsOf(lake, of).files).toBe(days.filter((other) => other === of).length);
            expect(raced[`reports/orders/${of}/totals.json`]).toBe(
              lake.objects.get(`reports/orders/${of}/totals.json`),
            );
            const ids = days.flatMap((other, n) => (other === of ? [idOf(n + 1)] : []));
            expect(ids.filter((id) => !raced[`reports/orders/${of}/index.html`]!.includes(id))).toEqual([]);
          }
          expect(raced[datasetPage]).toBe(lake.objects.get(datasetPage));
        },
      ),
      { numRuns: 60 },
    );
  });
});
