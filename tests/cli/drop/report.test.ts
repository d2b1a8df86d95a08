import { describe, expect, it } from '@jest/globals';
import { reportFiles } from '../../../cli/drop/report.ts';
import type { FollowResult } from '../../../cli/runs/follow.ts';
import { createTerminal } from '../../../cli/terminal.ts';
import { arnOf } from '../runs/runs-fixture.ts';

const counts = { in: 1_200, accepted: 1_100, rejected: 60, duplicate: 30, superseded: 10 };
const result = (over: Partial<FollowResult>): FollowResult => ({
  fileId: 'f'.repeat(32),
  key: 'landing/orders/a.csv',
  versionId: 'v1',
  since: new Date(0),
  run: arnOf('mine'),
  outcome: 'done',
  milliseconds: 4_200,
  ...over,
});

function report(results: FollowResult[], json = false, stage = 'local') {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ write: (text: string) => (written[name] += text) });
  const terminal = createTerminal({ stdout: stream('out'), stderr: stream('err') } as never, json);
  reportFiles(terminal, results, { silver: 'tributary_local_silver', stage });
  return written;
}

describe('the report of a drop', () => {
  it('accounts for every row and says where the rows are and why some are not', () => {
    const { out, err } = report([result({ counts })]);

    expect(out).toBe(
      'file\toutcome\tin\taccepted\trejected\tduplicate\tsuperseded\ttook\n' +
        'a.csv\tdone\t1,200\t1,100\t60\t30\t10\t4.2 s\n',
    );
    expect(err).toContain('accepted rows are in tributary_local_silver.orders');
    expect(err).toContain(`npx tributary quarantine orders --file ${'f'.repeat(32)}`);
  });

  it('gives the cause of a failure and the commands that help, for the stage in use', () => {
    const { err } = report([result({ outcome: 'failed', error: 'ServiceUnavailableError: Athena' })], false, 'prod');

    expect(err).toContain('a.csv: ServiceUnavailableError: Athena');
    expect(err).toContain('npx tributary rerun mine --stage prod');
    expect(err).not.toContain('accepted rows are in');
  });

  it('points at the rejected rows of a file that was refused whole', () => {
    const { err } = report([result({ outcome: 'rejected', error: 'FileRejectedError: too many', counts })]);

    expect(err).toContain('the whole file was refused: FileRejectedError: too many');
    expect(err).toContain('npx tributary quarantine orders --file');
  });

  it('is one JSON document with plain numbers when asked for', () => {
    const { out, err } = report([result({ counts }), result({ outcome: 'unfinished' })], true);

    expect(JSON.parse(out)).toMatchObject([
      { outcome: 'done', counts, table: 'tributary_local_silver.orders', error: null },
      { outcome: 'unfinished', counts: null, table: null },
    ]);
    expect(err).toBe('');
  });
});
