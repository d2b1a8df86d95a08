import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import * as clients from '../../aws/clients.ts';

process.env.AWS_REGION = 'eu-central-1';
const { connection, maxAttempts, lambda: _, ...rest } = clients;
const makers = Object.entries(rest as Record<string, unknown>).filter(
  (entry): entry is [string, () => { config: Config }] => typeof entry[1] === 'function',
);

/** As the SDK has it; the handler's own settings are not part of its public face. */
interface Config {
  maxAttempts(): Promise<number>;
  retryMode: string | (() => Promise<string>);
  requestHandler: {
    configProvider: Promise<{ requestTimeout?: number; socketTimeout?: number; throwOnRequestTimeout?: boolean }>;
  };
}

describe('every client', () => {
  it.each(makers)('of %s gives up after few attempts, with jitter', async (_name, make) => {
    const { config } = make();

    const mode = typeof config.retryMode === 'function' ? await config.retryMode() : config.retryMode;
    expect(await config.maxAttempts()).toBe(maxAttempts);
    expect(['standard', 'adaptive']).toContain(mode);
  });

  it.each(makers)('of %s does not wait for ever for an answer', async (name, make) => {
    const { requestTimeout, socketTimeout, throwOnRequestTimeout } = await make().config.requestHandler.configProvider;

    if (name === 's3') expect(socketTimeout).toBeGreaterThan(0);
    else
      expect({ requestTimeout, throwOnRequestTimeout }).toEqual({
        requestTimeout: 20_000,
        throwOnRequestTimeout: true,
      });
  });
});

describe('a call of a service that hangs', () => {
  it('ends before the function that makes it', () => {
    const functions: Record<string, { timeout: number }> = parse(
      readFileSync(new URL('../../resources/functions.yml', import.meta.url), 'utf8'),
      { logLevel: 'silent' },
    );
    const throttled = Array.from({ length: maxAttempts - 1 }, (_, attempt) => 2 ** attempt);
    const seconds =
      (maxAttempts * (connection.connectionTimeout + connection.requestTimeout)) / 1000 +
      throttled.reduce((sum, delay) => sum + delay, 0);

    const shorter = Object.entries(functions).filter(([, { timeout }]) => timeout <= seconds);

    expect(shorter).toEqual([]);
  });
});
