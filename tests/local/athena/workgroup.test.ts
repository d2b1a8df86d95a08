import { describe, expect, it } from '@jest/globals';
import { readWorkGroup } from '../../../local/athena/server.ts';

describe('readWorkGroup', () => {
  it("reads a template's workgroup, whose booleans and numbers may be texts", () => {
    const body = JSON.stringify({
      WorkGroup: {
        State: 'ENABLED',
        Configuration: {
          EnforceWorkGroupConfiguration: 'true',
          BytesScannedCutoffPerQuery: '1000',
          ResultConfiguration: { OutputLocation: 's3://lake/results/' },
        },
      },
    });

    const group = readWorkGroup('pipeline', body);

    expect(group).toEqual({
      name: 'pipeline',
      disabled: false,
      enforced: true,
      outputLocation: 's3://lake/results/',
      bytesCutoff: 1000,
    });
  });

  it('reads one that has nothing but a name', () => {
    const group = readWorkGroup('primary', '{"WorkGroup":{"State":"DISABLED"}}');

    expect(group).toMatchObject({ disabled: true, enforced: false, outputLocation: undefined, bytesCutoff: undefined });
  });
});
