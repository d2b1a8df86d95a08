import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../aws/config.ts';
import { environment as whole } from '../functions/environment.ts';

describe('readConfig', () => {
  it('takes the whole environment', () => {
    expect(readConfig(whole).databases.silver).toBe('silver');
  });

  it.each(Object.keys(whole))('names %s when it is missing or empty', (name) => {
    expect(() => readConfig({ ...whole, [name]: undefined })).toThrow(name);
    expect(() => readConfig({ ...whole, [name]: '' })).toThrow(name);
  });
});
