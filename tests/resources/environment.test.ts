import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readConfig } from '../../aws/config.ts';

describe('the environment of the functions', () => {
  it('has everything that they read at start', () => {
    const file = new URL('../../resources/environment.yml', import.meta.url);
    const variables = Object.keys(parse(readFileSync(file, 'utf8'), { logLevel: 'silent' }));
    // Lambda sets the region itself.
    const environment = Object.fromEntries([...variables, 'AWS_REGION'].map((name) => [name, 'x']));

    expect(() => readConfig(environment)).not.toThrow();
  });
});
