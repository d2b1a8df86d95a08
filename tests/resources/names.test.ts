import { describe, expect, it } from '@jest/globals';
import { load } from './load.ts';

describe('names', () => {
  it('follow from the stage', async () => {
    const names = await load('names.cjs', { 'sls:stage': 'dev2' });

    expect(names).toMatchObject({ prefix: 'tributary-dev2', database: 'tributary_dev2' });
  });

  it.each(['Dev', 'my-stage', '2nd', '', 'a'.repeat(31)])('refuse the stage "%s", naming it', async (stage) => {
    const loaded = load('names.cjs', { 'sls:stage': stage });

    await expect(loaded).rejects.toThrow(`stage "${stage}"`);
  });
});
