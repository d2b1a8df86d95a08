import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from './cloud-state.ts';

/** Saved state of the emulator in which addresses with its port occur: queue URLs, and stack outputs made of them. */
const files = ['sqs.json', 'cloudformation.json', 'lambda.json'];

/**
 * Keeps the saved state usable when the emulator starts on another port than the last time: the URL of a queue holds the
 * port, and so does everything that was made with it.
 */
export function followPort(home: string, port: number): void {
  const memory = join(home, 'ministack-port.json');
  const last = readJson<{ port: number }>(memory)?.port;
  if (last !== undefined && last !== port) {
    for (const name of files) {
      const file = join(home, 'ministack', name);
      if (!existsSync(file)) continue;
      const text = readFileSync(file, 'utf8');
      const moved = text.replaceAll(new RegExp(`127\\.0\\.0\\.1:${last}(?!\\d)`, 'g'), `127.0.0.1:${port}`);
      if (moved === text) continue;
      writeFileSync(`${file}.moved`, moved);
      renameSync(`${file}.moved`, file);
    }
  }
  writeJson(memory, { port });
}
