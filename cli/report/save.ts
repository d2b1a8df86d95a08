import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sideBySide } from '../../core/reconcile/side-by-side.ts';
import { FailedError, UsageError } from '../exit.ts';

/** A page by its key; the text is asked for when it is written. */
export interface Page {
  key: string;
  text(): Promise<string | undefined>;
}

const atOnce = 16;

/**
 * Writes pages to a folder, in the order of folders that their links have, or the first alone to a file whose name ends
 * in `.html`. Returns where the first is. Throws UsageError for a file that is to be a folder.
 */
export async function savePages(pages: Page[], out: string): Promise<string> {
  const [first] = pages;
  if (first === undefined) throw new FailedError('there is no report to save');
  const single = out.endsWith('.html') && !(existsSync(out) && statSync(out).isDirectory());
  if (single) {
    await save(first, out);
    return out;
  }
  if (existsSync(out) && !statSync(out).isDirectory()) {
    throw new UsageError(`${out} is a file: name a folder, or a file that ends in .html`);
  }
  // A page alone has its links cut off: it needs no folders.
  const place = (page: Page) => join(out, pages.length === 1 ? basename(page.key) : page.key.replace(/^reports\//, ''));
  await sideBySide(pages, atOnce, (page) => save(page, place(page)));
  return place(first);
}

async function save({ key, text }: Page, path: string): Promise<void> {
  const found = await text();
  if (found === undefined) throw new FailedError(`there is no ${key}, and no record to make it of`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, found.toWellFormed());
}

/** What opens a file as if somebody had clicked at it. */
export function opener(platform: NodeJS.Platform): [command: string, ...args: string[]] {
  if (platform === 'darwin') return ['open'];
  return platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
}

/** Shows a page in the browser; does not wait for it. Throws FailedError where nothing opens pages. */
export function openPage(path: string, [command, ...args] = opener(process.platform)): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args, path], { detached: true, stdio: 'ignore' });
    child.once('error', () => reject(new FailedError(`${command} does not open it; the page is at ${path}`)));
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
