import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FailedError, UsageError } from '../../../cli/exit.ts';
import { opener, openPage, type Page, savePages } from '../../../cli/report/save.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'tributary-save-'));
const page = (key: string, text: string | undefined = key): Page => ({ key, text: async () => text });
const index = page('reports/orders/index.html');
const day = page('reports/orders/2026-03-01/index.html');

describe('saving pages', () => {
  it('writes one alone under the name that is given, folders on the way to it too', async () => {
    const out = join(folder(), 'new', 'page.html');

    expect(await savePages([index, day], out)).toBe(out);

    expect(readFileSync(out, 'utf8')).toBe('reports/orders/index.html');
    expect(readdirSync(join(out, '..'))).toEqual(['page.html']);
  });

  it('writes all into the folders that their links lead through', async () => {
    const out = folder();

    expect(await savePages([index, day], out)).toBe(join(out, 'orders', 'index.html'));

    expect(readFileSync(join(out, 'orders', '2026-03-01', 'index.html'), 'utf8')).toBe(day.key);
  });

  it('writes one that links to nothing saved straight into the folder', async () => {
    const out = folder();

    expect(await savePages([page('reports/orders/2026-03-01/abc.html')], out)).toBe(join(out, 'abc.html'));
  });

  it('writes nothing over a file that is no page', async () => {
    const out = join(folder(), 'notes.txt');
    writeFileSync(out, 'mine');

    await expect(savePages([index], out)).rejects.toThrow(UsageError);

    expect(readFileSync(out, 'utf8')).toBe('mine');
  });

  it('says which page is not there', async () => {
    const gone = savePages([{ key: 'reports/orders/index.html', text: async () => undefined }], folder());

    await expect(gone).rejects.toThrow(
      new FailedError('there is no reports/orders/index.html, and no record to make it of'),
    );
  });
});

describe('opening a page', () => {
  it('asks what opens files here', () => {
    expect([opener('darwin'), opener('linux'), opener('win32')]).toEqual([
      ['open'],
      ['xdg-open'],
      ['cmd', '/c', 'start', ''],
    ]);
  });

  it('says where the page is when nothing does', async () => {
    await expect(openPage('/tmp/page.html', ['no-such-program'])).rejects.toThrow(
      'no-such-program does not open it; the page is at /tmp/page.html',
    );
  });
});
